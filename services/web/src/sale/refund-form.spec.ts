import type { http } from '@checkout/contracts';
import type { Sku } from '@checkout/kernel';
import { comesTo, leftOf, receiptNumberIn } from './refund-form.ts';

const receipt = {
  saleId: '0f0e4c55-27f5-5d8c-9c0e-2f6b8f1f8f10', receiptNumber: 'S-000042', issuedAt: '2026-01-05T10:00:00.000Z', currency: 'GBP', taxMode: 'inclusive', refundableUntil: '2027-01-05T10:00:00.000Z',
  lines: [{ line: 1, sku: 'TEA' as Sku, description: 'Tea', quantity: 3, unitPriceMinor: 299, taxRateBp: 2000, givenBack: { quantity: 1, taxMinor: 50, grossMinor: 299 } }],
  tenders: [{ type: 'cash', amountMinor: 397 }, { type: 'card', amountMinor: 500 }], givenBack: [{ position: 2, via: 'card', amountMinor: 299 }],
} as unknown as http.RefundableView;

describe('what comes back over the counter', () => {
  it('is told to the cent before anything is sent, card first', () => {
    expect(comesTo(receipt, [{ line: 1, quantity: 2, goods: 'restock' }], 'original')).toEqual({ totalMinor: 598, cardMinor: 201, cashMinor: 397 });
    expect(comesTo(receipt, [{ line: 1, quantity: 1, goods: 'restock' }, { line: 1, quantity: 1, goods: 'write-off' }], 'cash')).toEqual({ totalMinor: 598, cardMinor: 0, cashMinor: 598 });
    expect(comesTo(receipt, [], 'original')).toEqual({ totalMinor: 0, cardMinor: 0, cashMinor: 0 });
  });

  it('can be no more than is left', () => {
    expect(receipt.lines.map(leftOf)).toEqual([2]);
  });

  it.each([['S-000042', 'S', 42], ['s42', 'S', 42], [' 42 ', 'S', 42], ['A-7', 'A', 7]])('is looked up by %p', (text, series, number) => {
    expect(receiptNumberIn(text)).toEqual({ series, number });
  });

  it.each(['', 'S-', 'S-0', 'tea', '4 2'])('is not looked up by %p', (text) => {
    expect(receiptNumberIn(text)).toBeUndefined();
  });
});
