import { minutes, seconds } from '@checkout/kernel';
import type { Checkout } from '../domain/checkout.ts';
import type { CheckoutWatch } from './checkout-watch.ts';
import type { SaleStream } from './ports.ts';

/** What a follower is told: the orchestrator's own events as they are, a sign of life, that a person has to look or no longer has to, and at last how it stands. */
export type Followed =
  | { readonly kind: 'relayed'; readonly event: string }
  | { readonly kind: 'alive' }
  | { readonly kind: 'meanwhile'; readonly checkout: Checkout }
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
 * table. Whoever reads this stream learns the end even when the orchestrator is away, and that a person has to look as soon as it is known.
 *
 * @param now how the checkout stands at this moment; never throws
 */
export async function* followCheckout(checkout: Checkout, { authorization, gone }: Follower, stream: SaleStream, watch: Pick<CheckoutWatch, 'untilEnd' | 'isClosed'>, now: () => Promise<Checkout | undefined>): AsyncGenerator<Followed> {
  let needsAttention = false;
  const meanwhile = function* (stands: Checkout | undefined): Generator<Followed> {
    if (!stands || stands.ending || (stands.needsAttention ?? false) === needsAttention) return;
    needsAttention = !needsAttention;
    yield { kind: 'meanwhile', checkout: stands };
  };

  yield* meanwhile(checkout);
  for await (const event of stream.follow(checkout.saleId, authorization, gone)) {
    yield { kind: 'relayed', event };
    if (needsAttention || saysAttention.test(event)) yield* meanwhile(await now());
  }

  let last = checkout.ending ? checkout : await now();
  for (let waitedMs = 0; !last?.ending && waitedMs < longestMs && !gone.aborted && !watch.isClosed; waitedMs += aliveEveryMs) {
    yield* meanwhile(last);
    const ended = await watch.untilEnd(checkout, aliveEveryMs, gone);
    if (!ended) yield { kind: 'alive' };
    last = ended ?? (await now());
  }
  yield { kind: 'last', checkout: last ?? checkout };
}

const saysAttention = /^event: needs-attention$/m;
