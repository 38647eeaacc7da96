import { http, saleWords } from '@checkout/contracts';
import { aCheckout, noon, shortOfTea } from '../testing.ts';
import { stateFor, type Ending } from './checkout.ts';
import { statusOf } from './checkout-status.ts';

const endedAt = noon + 900;
const status = (ending?: Ending) => statusOf(aCheckout({ ...(ending && { ending }) }));
const endings: readonly (readonly [string, Ending | undefined, object])[] = [
  ['accepted', undefined, { state: 'accepted', moneyMoved: 'unknown', action: 'Wait. Do not charge again.' }],
  ['paid exactly', { state: 'completed', receiptNumber: 'S-000001', changeMinor: 0, endedAt }, { state: 'completed', moneyMoved: 'yes', action: 'Give the receipt.', receiptNumber: 'S-000001', changeMinor: 0 }],
  ['paid with change', { state: 'completed', receiptNumber: 'S-000002', changeMinor: 402, endedAt }, { moneyMoved: 'yes', action: 'Give the change and the receipt.', changeMinor: 402 }],
  ['declined', { state: 'declined', reason: { code: 'payment-declined', message: 'Declined.' }, endedAt }, { state: 'declined', moneyMoved: 'no', action: 'Ask for another card or cash. Nothing was charged.' }],
  ['short of stock', { state: 'rejected', reason: shortOfTea, endedAt }, { state: 'rejected', moneyMoved: 'no', action: 'Remove the missing articles or take fewer. Nothing was charged.', reason: shortOfTea }],
  ['cancelled', { state: 'cancelled', reason: { code: 'no-answer', message: 'No answer.' }, endedAt }, { state: 'cancelled', moneyMoved: 'no', action: 'Start the sale again. Nothing was charged.' }],
];

describe('the status of a checkout', () => {
  it.each(endings)('that is %s says what happened, whether money moved and what to do', (_, ending, expected) => {
    expect(status(ending)).toMatchObject(expected);
  });

  it.each(endings)('that is %s keeps to the contract', (_, ending) => {
    expect(http.CheckoutStatus.safeParse(status(ending)).error).toBeUndefined();
  });

  it('that a person has to look into says that the money is unknown, not to charge again, and by what to refer to it', () => {
    const stuck = statusOf(aCheckout({ needsAttention: true }), 'de');
    expect(stuck).toMatchObject({ state: 'needs-attention', moneyMoved: 'unknown', action: saleWords['needs-attention'].texts.de.action });
    expect(http.CheckoutStatus.safeParse(stuck).error).toBeUndefined();
  });

  it('links to the receipt only when there is one', () => {
    expect(status().links.receipt).toBeUndefined();
    expect(status({ state: 'completed', receiptNumber: 'S-000001', changeMinor: 0, endedAt }).links.receipt).toMatch(/^\/v1\/receipts\//);
  });

  it.each([
    ['stock-short', 'rejected'], ['payment-declined', 'declined'], ['capture-refused', 'declined'], ['payment-unresolved', 'cancelled'], ['no-answer', 'cancelled'],
  ] as const)('turns the reason %s into %s', (code, state) => {
    expect(stateFor({ code, message: 'x' })).toBe(state);
  });
});
