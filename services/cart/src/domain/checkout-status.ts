import type { http, Language } from '@checkout/contracts';
import { actionFor } from './actions.ts';
import { moneyMoved, stateOf, type Checkout } from './checkout.ts';

/** A checkout as a till reads it: what happened, whether money moved, what to do. */
export function statusOf(checkout: Checkout, language: Language = 'en'): http.CheckoutStatus {
  const { commandId, saleId, currency, totalMinor, acceptedVia, pricedAt, acceptedAt, ending } = checkout;
  const self = `/v1/checkouts/${commandId}`;
  const links = { self, events: `${self}/events`, ...(ending?.state === 'completed' && { receipt: `/v1/receipts/${saleId}` }) };
  return {
    checkoutId: commandId,
    saleId,
    state: stateOf(checkout),
    moneyMoved: moneyMoved(checkout),
    action: actionFor(checkout, language),
    ...outcomeOf(checkout),
    currency,
    totalMinor,
    acceptedVia,
    ...(pricedAt !== undefined && { pricedFrom: { snapshotAt: new Date(pricedAt).toISOString() } }),
    links,
    acceptedAt: new Date(acceptedAt).toISOString(),
    ...(ending && { endedAt: new Date(ending.endedAt).toISOString() }),
  };
}

function outcomeOf({ ending }: Checkout): Pick<http.CheckoutStatus, 'reason' | 'changeMinor' | 'receiptNumber'> {
  if (!ending) return {};
  return ending.state === 'completed' ? { changeMinor: ending.changeMinor, receiptNumber: ending.receiptNumber } : { reason: ending.reason };
}
