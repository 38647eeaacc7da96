import { DependencyUnavailable } from '@checkout/resilience';
import { CommitUnknown } from '@checkout/sql';
import { InvalidMessage } from './invalid-message.ts';
import type { Result } from './work.ts';

/** What becomes of a message once it was handled. */
export type Settlement =
  | { readonly settle: 'complete' }
  /** Given back by closing its session: that does not count as a delivery, so an outage cannot use them up. */
  | { readonly settle: 'release'; readonly because: Error }
  | { readonly settle: 'abandon'; readonly because: unknown; readonly properties?: FailureProperties }
  | { readonly settle: 'dead-letter'; readonly reason: string; readonly description: string; readonly because?: unknown; readonly properties?: FailureProperties };

/** What is known of the failure, kept with the message (`failure.ts`). */
type FailureProperties = Readonly<Record<string, string>>;

/**
 * The whole error policy, in one place. A refusal is a normal answer and completes; an invalid message is dead-lettered at once; an
 * outage releases the message and stops the receiver; anything else is a defect: delivered again, and dead-lettered by the bus in the end.
 */
export function settlementOf(result: Result): Settlement {
  if (result.ok) return { settle: 'complete' };
  const { error } = result;
  if (error instanceof InvalidMessage) return { settle: 'dead-letter', reason: error.code, description: error.message, because: error };
  if (error instanceof DependencyUnavailable || error instanceof CommitUnknown) return { settle: 'release', because: error };
  return { settle: 'abandon', because: error };
}

/**
 * How long a message that met a defect is kept before it is given back: 50 ms at first, doubling, at most 5 s. Its twenty deliveries then
 * last longer than a minute, in which a deployment that is half through can finish; given back at once they would be spent in a tenth of a second.
 */
export const defectPauseMs = (deliveryCount: number): number => Math.min(5_000, 50 * 2 ** Math.min(deliveryCount, 10));
