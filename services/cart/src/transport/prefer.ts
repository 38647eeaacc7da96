/** A load balancer gives up after a minute, and the person at the till long before. */
const longestSeconds = 30;

/** How many seconds a caller is ready to wait, from `Prefer: wait=n` (RFC 7240 §4.3). What is malformed is no preference. */
export function waitSecondsOf(header: string | string[] | undefined): number | undefined {
  for (const preference of [header].flat().join(',').split(',')) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), longestSeconds);
  }
  return undefined;
}
