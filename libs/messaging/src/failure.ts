import { blamedDependency, DependencyUnavailable } from '@checkout/resilience';

/**
 * What is known of a failure at the moment of it, as properties that stay with the message when it is dead-lettered, by us or by the bus. The
 * dead-letter desk groups by them (`services/functions/src/domain/failure-facts.ts`).
 */
export function failureProperties(error: unknown, { service, firstFailedAt, now }: { readonly service: string; readonly firstFailedAt: unknown; readonly now: Date }): Record<string, string> {
  const at = now.toISOString();
  const chain = causesOf(error);
  const outage = chain.find((each) => each instanceof DependencyUnavailable);
  const dependency = outage?.dependency ?? chain.map(blamedDependency).find((each) => each !== undefined);
  const frame = ownFrameOf(error);
  return {
    'failure-class': error instanceof Error ? error.name.slice(0, 100) : typeof error,
    ...(frame !== undefined && { 'failure-frame': frame }),
    ...(dependency !== undefined && { 'failure-dependency': dependency.slice(0, 100) }),
    ...(outage?.incidentId !== undefined && { 'failure-incident': outage.incidentId, 'failure-breaker': 'open' }),
    'failure-version': `${service}@${process.env['SERVICE_VERSION'] ?? 'source'}`,
    'failure-first-at': typeof firstFailedAt === 'string' ? firstFailedAt : at,
    'failure-last-at': at,
  };
}

/** How deep a cause may lie. */
const maxCauses = 5;

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < maxCauses; at = at.cause) chain.push(at);
  return chain;
}

/**
 * The first frame of our own code: `decide (commit-stock)`. Line and column are left out, and so is the folder: the same fault has the same frame in
 * source and in an image, and after the next deployment.
 */
export function ownFrameOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  for (const line of error.stack.split('\n').slice(1)) {
    const frame = /^\s+at (?:async )?(?:(.+?) \()?(?:file:\/\/)?(\/[^()]*?)\.[cm]?[jt]s(?::\d+)*\)?$/.exec(line);
    const path = frame?.[2];
    if (path === undefined || !isOurs(path)) continue;
    return `${frame?.[1] ?? 'top level'} (${path.slice(path.lastIndexOf('/') + 1)})`.slice(0, 200);
  }
  return undefined;
}

/** Ours, and not the machinery that every message goes through. */
const isOurs = (path: string): boolean =>
  (!path.includes('/node_modules/') || path.includes('/node_modules/@checkout/')) && !/\/(?:messaging|resilience)\/(?:src|dist)\/(?:pipeline|batch|pump)$/.test(path);
