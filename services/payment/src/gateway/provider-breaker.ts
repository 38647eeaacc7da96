import { Breaker, DeadlineExceeded, DependencyUnavailable, type Transition, type Verdict } from '@checkout/resilience';
import type { Outcome } from '../domain/answer.ts';
import type { Reply } from './http-client.ts';

type Doubt = Extract<Outcome, { readonly kind: 'unknown' | 'not-asked' }>;

/** The provider answered that it cannot answer. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed';

  constructor(readonly reply: Reply) {
    super(`the provider answered ${reply.status}`);
  }
}

/** A card network takes seconds on a bad day; a till waits for about half a minute. */
export const deadlineMs = 10_000;

/**
 * Stands before the provider. A single card that makes the provider fail is asked about again and again, so it takes more failures in
 * a row than with a database; and a sale that waits its turn here is not charged twice, so the queue is long.
 */
export const openProviderBreaker = (probe: (signal: AbortSignal) => Promise<void>, onTransition: (transition: Transition) => void): Breaker => {
  const breaker = new Breaker({
    name: 'payment/provider',
    policy: {
      deadlineMs,
      concurrency: 64,
      queue: 2_000,
      queueWaitMs: 5_000,
      failuresInARow: 10,
      sluggishMs: 1_500,
      probe: { goodInARow: 3, gapMs: 200, deadlineMs: 2_000, delaysMs: () => [1_000, 2_000, 5_000, 10_000] },
    },
    classify: verdictOf,
    probe,
  });
  breaker.onTransition(onTransition);
  return breaker;
};

/** Reset, refused, timed out: whatever the operating system or the HTTP client has a code for. */
export const connectionCodeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(E[A-Z]|UND_ERR_|HPE_)/.test(code) ? code : undefined;
};

const verdictOf = (error: unknown): Verdict =>
  error instanceof ProviderFailed || error instanceof DeadlineExceeded || connectionCodeOf(error) !== undefined ? 'fail' : 'neutral';

/** No connection was made, so nothing was said. */
const unconnected: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** Why an error leaves the outcome in doubt; undefined for what is no doing of the provider but a defect of ours. */
export function doubtOf(error: unknown): Doubt | undefined {
  if (error instanceof ProviderFailed) return { kind: 'unknown', why: `status-${error.reply.status}`, ...(error.reply.retryAfterMs !== undefined && { retryAfterMs: error.reply.retryAfterMs }) };
  if (error instanceof DependencyUnavailable) return { kind: 'not-asked', why: 'unavailable', retryAfterMs: error.retryAfterMs };
  if (error instanceof DeadlineExceeded) return { kind: 'unknown', why: 'time-out' };
  const code = connectionCodeOf(error);
  return code === undefined ? undefined : { kind: unconnected.has(code) ? 'not-asked' : 'unknown', why: code };
}
