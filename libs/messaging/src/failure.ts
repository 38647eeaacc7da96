import { DependencyUnavailable } from '@checkout/resilience';

/**
 * What is known of a failure at the moment of it, as properties that stay with the message when it is dead-lettered, by us or by the bus. The
 * dead-letter desk groups by them (`services/functions/src/domain/failure-facts.ts`).
 */
export function failureProperties(error: unknown, { service, firstFailedAt, now }: { readonly service: string; readonly firstFailedAt: unknown; readonly now: Date }): Record<string, string> {
  const at = now.toISOString();
  const dependency = dependencyOf(error);
  const frame = ownFrameOf(error);
  return {
    'failure-class': error instanceof Error ? error.name.slice(0, 100) : typeof error,
    ...(frame !== undefined && { 'failure-frame': frame }),
    ...(dependency && { 'failure-dependency': dependency.dependency.slice(0, 100) }),
    ...(dependency?.incidentId !== undefined && { 'failure-incident': dependency.incidentId, 'failure-breaker': 'open' }),
    'failure-version': `${service}@${process.env['SERVICE_VERSION'] ?? 'source'}`,
    'failure-first-at': typeof firstFailedAt === 'string' ? firstFailedAt : at,
    'failure-last-at': at,
  };
}

/** How deep a cause may lie. */
const maxCauses = 5;

function dependencyOf(error: unknown): DependencyUnavailable | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < maxCauses && at instanceof Error; depth += 1) {
    if (at instanceof DependencyUnavailable) return at;
    at = at.cause;
  }
  return undefined;
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
