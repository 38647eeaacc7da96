import type { Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { givenUp } from '@checkout/saga';
import type { StoreId } from '@checkout/kernel';
import type { Change } from '../domain/checkout.ts';
import { goOn } from './continue-checkout.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/** Local: a person has decided that a sale which waits is to be undone. */
export type GiveUp = Message<'checkout.given-up', Need & { readonly storeId: StoreId | undefined; readonly by: string; readonly reason: string }>;
export type GiveUpFate = 'given-up' | 'too-late' | 'not-found';

/**
 * Undoes a sale that cannot go on, on a person's word: who and why stands in its time line. Too late when the money may have moved; then there is only forward,
 * and what the provider did is for payment to be told.
 */
export class GiveUpCheckout implements CheckoutHandler<GiveUp, GiveUpFate> {
  needs({ body: { tenantId, saleId } }: GiveUp): readonly Need[] {
    return [{ tenantId, saleId }];
  }

  decide(checkouts: Checkouts, { message: { body }, now }: Incoming<GiveUp>): Decision<Change, never, GiveUpFate> {
    const before = checkouts.find(body.tenantId, body.saleId);
    if (!before || (body.storeId !== undefined && before.storeId !== body.storeId)) return { answer: 'not-found' };
    const { changes = [], messages = [] } = goOn(before, givenUp, now);
    if (changes.length === 0) return { answer: 'too-late' };
    return { changes: changes.map((change) => signed(change, body)), messages, answer: 'given-up' };
  }
}

const signed = (change: Change, { by, reason }: GiveUp['body']): Change => ({
  ...change,
  entries: change.entries.map((entry) => (entry.event === 'given-up' ? { ...entry, detail: `${entry.detail}, by ${by}: ${reason}`.slice(0, 400) } : entry)),
});
