import type { checkout } from '@checkout/contracts';
import type { Decision } from '@checkout/messaging';
import { close, reopen } from '../domain/basket.ts';
import type { Checkout } from '../domain/checkout.ts';
import { keyOf, type CartHandler, type Change, type Effect, type Rows } from './ports.ts';

type Body = checkout.CheckoutStarted['body'];

/**
 * A sale has begun whose request came past cart's database. From here on cart knows it: its command id is taken, its basket is closed, once.
 *
 * What the orchestrator began is the sale. When cart has stored another request under the same command meanwhile (the till asked for
 * something else, on the other route), that one ends as a dead letter at the orchestrator, and the row here becomes that of the sale.
 */
export const registerCheckout: CartHandler<checkout.CheckoutStarted> = {
  needs: ({ body: { tenantId, commandId, basketId } }) => [
    { kind: 'checkout', tenantId, commandId },
    { kind: 'held-basket', tenantId, commandId },
    ...(basketId === undefined ? [] : [{ kind: 'basket', tenantId, basketId } as const]),
  ],

  decide(rows, { message: { body } }) {
    const known = rows.checkouts.get(keyOf(body.tenantId, body.commandId));
    if (known?.bodyHash !== undefined && known.bodyHash === body.requestHash) return {};
    if (!known) return registered(rows, body, begun(body));
    const corrected: Checkout = { ...begun(body), acceptedAt: known.acceptedAt, ...(known.ending && { ending: known.ending }), version: known.version + 1 };
    // A row without a hash is one whose end came first.
    return registered(rows, body, corrected, known.bodyHash === undefined ? undefined : known);
  },
};

function registered(rows: Rows, { tenantId, commandId }: Body, checkout: Checkout, instead?: Checkout): Decision<Change, Effect> {
  const changes: Change[] = [{ kind: 'checkout-saved', checkout }];
  const heldId = rows.heldBaskets.get(keyOf(tenantId, commandId));
  const held = heldId === checkout.basketId ? undefined : heldId && rows.baskets.get(keyOf(tenantId, heldId));
  if (held) changes.push({ kind: 'basket-saved', ...reopen(held) });
  const basket = checkout.basketId && rows.baskets.get(keyOf(tenantId, checkout.basketId));
  const isToBeClosed = basket && !basket.commandId && (!checkout.ending || checkout.ending.state === 'completed');
  if (isToBeClosed) changes.push({ kind: 'basket-saved', ...close(basket, commandId) });
  return { changes, effects: [instead ? { kind: 'superseded', checkout, accepted: instead } : { kind: 'registered', checkout }] };
}

const begun = ({ tenantId, storeId, saleId, commandId, tillId, currency, totalMinor, requestedAt, requestHash, basketId, pricedFrom, leftShop }: Body): Checkout => ({
  tenantId, commandId, saleId, storeId, tillId, currency, totalMinor,
  ...(requestHash !== undefined && { bodyHash: requestHash }),
  ...(basketId !== undefined && { basketId }),
  ...(pricedFrom && { pricedAt: Date.parse(pricedFrom.snapshotAt) }),
  ...(leftShop && { leftShop }),
  acceptedVia: 'bus',
  acceptedAt: Date.parse(requestedAt),
  version: 1,
});
