import type { checkout } from '@checkout/contracts';
import type { Decision } from '@checkout/messaging';
import { reopen } from '../domain/basket.ts';
import { isSameSale, stateFor, stateOf, type Checkout, type Ending } from '../domain/checkout.ts';
import { keyOf, type CartHandler, type Change, type Effect, type Rows } from './ports.ts';

type Ended = checkout.CheckoutCompleted | checkout.CheckoutCancelled;

/** The sale is done. Its basket stays closed for good. */
export const completeCheckout: CartHandler<checkout.CheckoutCompleted> = {
  needs: ({ body: { tenantId, commandId } }) => [{ kind: 'checkout', tenantId, commandId }],

  decide(rows, { message, now }) {
    const { receiptNumber, changeMinor, shortages } = message.body;
    return end(rows, message, { state: 'completed', receiptNumber, changeMinor, endedAt: now, ...(shortages && { shortages }) });
  },
};

/** The sale came to nothing. Its basket opens again, so that the cashier can mend it and try once more. */
export const cancelCheckout: CartHandler<checkout.CheckoutCancelled> = {
  needs: ({ body: { tenantId, commandId } }) => [{ kind: 'checkout', tenantId, commandId }, { kind: 'held-basket', tenantId, commandId }],

  decide(rows, { message, now }) {
    const { reason } = message.body;
    return end(rows, message, { state: stateFor(reason), reason, endedAt: now });
  },
};

/**
 * Writes the end of a checkout, the first that is told; repeated and late ends change nothing. A command makes one sale: when it had asked
 * over the bus for another than was accepted here, that one was made, and the till must be told of no other.
 */
function end(rows: Rows, { body }: Ended, ending: Ending): Decision<Change, Effect> {
  const known = rows.checkouts.get(keyOf(body.tenantId, body.commandId));
  if (known?.ending) {
    return stateOf(known) === ending.state ? {} : { effects: [{ kind: 'contradicted', checkout: known, told: ending.state }] };
  }
  const ended: Checkout = known ? { ...(isSameSale(known, body) ? known : made(known, body)), ending, version: known.version + 1 } : straightFromTheBus(body, ending);
  const changes: Change[] = [{ kind: 'checkout-saved', checkout: ended }];
  const basket = ending.state === 'completed' ? undefined : heldBasket(rows, body);
  if (basket) changes.push({ kind: 'basket-saved', ...reopen(basket) });
  return { changes, effects: [{ kind: 'ended', checkout: ended }] };
}

/** A sale that a till sent straight onto the bus is first heard of here; the ending says what it had asked for. */
const straightFromTheBus = ({ tenantId, storeId, saleId, commandId, tillId, currency, totalMinor }: Ended['body'], ending: Ending): Checkout => ({
  tenantId,
  commandId,
  saleId,
  storeId,
  tillId,
  currency,
  totalMinor,
  acceptedVia: 'bus',
  acceptedAt: ending.endedAt,
  ending,
  version: 1,
});

function made(known: Checkout, { storeId, tillId, currency, totalMinor }: Ended['body']): Checkout {
  const { bodyHash: _, ...rest } = known;
  return { ...rest, storeId, tillId, currency, totalMinor };
}

function heldBasket(rows: Rows, { tenantId, commandId }: Ended['body']) {
  const basketId = rows.heldBaskets.get(keyOf(tenantId, commandId));
  return basketId && rows.baskets.get(keyOf(tenantId, basketId));
}
