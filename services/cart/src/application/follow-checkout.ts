import { minutes, seconds } from '@checkout/kernel';
import type { Checkout } from '../domain/checkout.ts';
import type { CheckoutWatch } from './checkout-watch.ts';
import type { SaleStream } from './ports.ts';

/** What a follower is told: the orchestrator's own events as they are, a sign of life, and at last how it stands. */
export type Followed =
  | { readonly kind: 'relayed'; readonly event: string }
  | { readonly kind: 'alive' }
  | { readonly kind: 'last'; readonly checkout: Checkout };

export interface Follower {
  /** Passed on, so that the orchestrator decides for itself what this caller may see. */
  readonly authorization: string;
  readonly gone: AbortSignal;
}

/** Proxies close a silent connection after a minute or less. */
const aliveEveryMs = seconds(15);
/** A sale that takes longer has met an outage; the follower comes back or asks for the status. */
const longestMs = minutes(5);

/**
 * Follows one checkout to its end: the orchestrator's time line first, while it can be had, and in any case the final status from cart's own
 * table. Whoever reads this stream learns the end even when the orchestrator is away.
 */
export async function* followCheckout(checkout: Checkout, { authorization, gone }: Follower, stream: SaleStream, watch: Pick<CheckoutWatch, 'untilEnd' | 'isClosed'>, isEnded: () => Promise<Checkout | undefined>): AsyncGenerator<Followed> {
  for await (const event of stream.follow(checkout.saleId, authorization, gone)) yield { kind: 'relayed', event };

  let last = checkout.ending ? checkout : await isEnded();
  for (let waitedMs = 0; !last?.ending && waitedMs < longestMs && !gone.aborted && !watch.isClosed; waitedMs += aliveEveryMs) {
    last = await watch.untilEnd(checkout, aliveEveryMs, gone);
    if (!last) yield { kind: 'alive' };
  }
  yield { kind: 'last', checkout: last ?? checkout };
}
