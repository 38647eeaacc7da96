import { seconds } from '@checkout/kernel';

/** The person at the till gives up long before. */
const longestSeconds = 30;
/** Accepting and answering take their part: every handler must answer within 30 s, or the till is told that nobody knows. */
const longestWaitMs = seconds(28);

/** How many seconds a caller is ready to wait, from `Prefer: wait=n` (RFC 7240 §4.3). What is malformed is no preference. */
export function waitSecondsOf(header: string | string[] | undefined): number | undefined {
  for (const preference of [header].flat().join(',').split(',')) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), longestSeconds);
  }
  return undefined;
}

/** How long to wait for an end, so that a preference for 30 s is answered within 30 s. */
export const waitMsOf = (preferredSeconds: number): number => Math.min(seconds(preferredSeconds), longestWaitMs);
