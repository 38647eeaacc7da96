import { minutes, seconds } from '@checkout/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Refund } from '../domain/refund.ts';
import type { RefundSteps } from './refund-ports.ts';

/** What a follower is told: the orchestrator's own events as they are, a sign of life, and at last how the refund stands. */
export type FollowedRefund = { readonly kind: 'relayed'; readonly event: string } | { readonly kind: 'alive' } | { readonly kind: 'last'; readonly refund: Refund };

export interface RefundFollower {
  /** Passed on, so that the orchestrator decides for itself what this caller may see. */
  readonly authorization: string;
  readonly gone: AbortSignal;
}

/** Refunds are few, so whoever waits for one simply looks. */
const lookEveryMs = seconds(0.25);
const aliveEveryMs = seconds(15);
/** A refund that takes longer has met an outage; the follower comes back or asks for the status. */
const longestMs = minutes(5);

/**
 * Follows one refund to its end: the orchestrator's time line first, while it can be had, and in any case how it stands by receipt's own table.
 *
 * @param now how the refund stands at this moment; never throws
 */
export async function* followRefund(refund: Refund, { authorization, gone }: RefundFollower, steps: Pick<RefundSteps, 'follow'>, now: () => Promise<Refund | undefined>): AsyncGenerator<FollowedRefund> {
  for await (const event of steps.follow(refund.refundId, authorization, gone)) yield { kind: 'relayed', event };
  let last = await now();
  for (let waitedMs = 0; !isEnded(last) && waitedMs < longestMs && !gone.aborted; waitedMs += aliveEveryMs) {
    last = (await untilEnded(now, aliveEveryMs, gone)) ?? last;
    if (!isEnded(last)) yield { kind: 'alive' };
  }
  yield { kind: 'last', refund: last ?? refund };
}

/** The refund once it has ended; undefined when that takes longer than `limitMs` or the waiter has gone. */
export async function untilEnded(now: () => Promise<Refund | undefined>, limitMs: number, gone: AbortSignal): Promise<Refund | undefined> {
  for (const until = performance.now() + limitMs; performance.now() < until && !gone.aborted;) {
    const refund = await now();
    if (isEnded(refund)) return refund;
    await sleep(lookEveryMs, undefined, { ref: false, signal: gone }).catch(() => {});
  }
  return undefined;
}

const isEnded = (refund: Refund | undefined): boolean => refund !== undefined && refund.state !== 'accepted';
