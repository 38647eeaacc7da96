import { nameBasedUuid, type CommandId, type RefundId, type StoreId } from '@checkout/kernel';
import { aLine, aRefundOf, issuedAtMs, paid, saleOf, storeId } from '../testing.ts';
import { amountVia, noRefunds, totalsOf, type Refund } from './refund.ts';
import { refundOf, type RefundRequest } from './refund-request.ts';
import { receiptOf } from './receipt.ts';

const year = 365 * 86_400_000;
/** Two packs of tea at 2.99 and three of milk at 1.25, 5.00 by card and the rest in cash. */
const receipt = receiptOf(paid('sale 1', {
  lines: [aLine(), aLine({ description: 'Milk', quantity: 3, unitPriceMinor: 125, taxRateBp: 0 })],
  tenders: [{ type: 'card', amountMinor: 500, tenderedMinor: 500 }, { type: 'cash', amountMinor: 473, tenderedMinor: 500 }],
}).body, 'S', 42, issuedAtMs);
const ask = (request: RefundRequest, ...refunds: Refund[]) => refundOf(request, receipt, { version: refunds.length, refunds }, year, issuedAtMs + 1_000);
const tea = (quantity: number, goods: 'restock' | 'write-off' = 'restock') => ({ line: 1, quantity, goods });

function accepted(request: RefundRequest, ...refunds: Refund[]): Refund {
  const refund = ask(request, ...refunds);
  if ('kind' in refund) throw new Error(`${refund.code}: ${refund.detail}`);
  return refund;
}

describe('a request for a refund', () => {
  it('sets pieces, tax and money of the sale aside: to the card first', () => {
    const refund = accepted(aRefundOf([tea(2), { line: 2, quantity: 1, goods: 'write-off' }], 723));
    expect(refund).toMatchObject({ state: 'accepted', receiptNumber: 'S-000042', totalMinor: 723 });
    expect(refund.document.lines).toMatchObject([{ line: 1, quantity: 2, taxMinor: 100, grossMinor: 598, goods: 'restock' }, { line: 2, quantity: 1, taxMinor: 0, grossMinor: 125, goods: 'write-off' }]);
    expect(refund.document.parts).toEqual([{ position: 1, via: 'card', amountMinor: 500 }, { position: 2, via: 'cash', amountMinor: 223 }]);
  });

  it('may want all in cash', () => {
    const { document } = accepted(aRefundOf([tea(2)], 598, { moneyBack: 'cash' }));
    expect([amountVia(document.parts, 'card'), amountVia(document.parts, 'cash')]).toEqual([0, 598]);
  });

  it('may split the pieces of one line by what becomes of them', () => {
    expect(accepted(aRefundOf([tea(1), tea(1, 'write-off')], 598)).document.lines).toMatchObject([{ goods: 'restock', grossMinor: 299 }, { goods: 'write-off', grossMinor: 299 }]);
  });

  it('takes no more than was sold less what others hold, until one of those is declined', () => {
    const first = accepted(aRefundOf([tea(2)], 598));
    const second = { ...aRefundOf([tea(1)], 299), refundId: nameBasedUuid('other') as RefundId, commandId: nameBasedUuid('c') as CommandId };
    expect(ask(second, first)).toMatchObject({ code: 'refund-exceeds-sale', pointer: '/lines/0/quantity' });
    expect(ask(second, { ...first, state: 'declined' })).toMatchObject({ state: 'accepted', totalMinor: 299 });
  });

  it.each([
    ['refund-sale-unknown', () => refundOf(aRefundOf([tea(1)], 299), undefined, noRefunds, year, issuedAtMs)],
    ['refund-other-store', () => ask({ ...aRefundOf([tea(1)], 299), storeId: 'YORK-02' as StoreId })],
    ['refund-window-closed', () => refundOf(aRefundOf([tea(1)], 299), receipt, noRefunds, year, issuedAtMs + year + 1)],
    ['refund-line-unknown', () => ask(aRefundOf([{ line: 3, quantity: 1, goods: 'restock' }], 299))],
    ['refund-exceeds-sale', () => ask(aRefundOf([tea(2), tea(1, 'write-off')], 897))],
    ['refund-total-mismatch', () => ask(aRefundOf([tea(1)], 300))],
  ])('is refused with %s', (code, request) => {
    expect(request()).toMatchObject({ kind: 'refused', code });
  });

  it('is no longer than its credit note can be told on the bus: the rest comes back in a second one', () => {
    const lines = Array.from({ length: 500 }, (_, index) => aLine({ description: `${index} ${'茶'.repeat(44)}`, quantity: 1, unitPriceMinor: 100, taxRateBp: index }));
    const large = receiptOf(paid('sale 1', { lines, tenders: [{ type: 'cash', amountMinor: 50_000, tenderedMinor: 50_000 }] }).body, 'S', 43, issuedAtMs);
    const back = (count: number) => refundOf(aRefundOf(lines.slice(0, count).map((_, index) => ({ line: index + 1, quantity: 1, goods: 'write-off' })), count * 100), large, noRefunds, year, issuedAtMs);
    expect(back(500)).toMatchObject({ kind: 'refused', code: 'refund-too-large', pointer: '/lines' });
    const counts = lines.map((_, index) => index + 1).filter((count) => !('kind' in back(count)));
    const most = back(counts.length) as Refund;
    expect(counts.length).toBeGreaterThan(250);
    // A body may have 150,000 bytes; ids, reason and parts need a few thousand.
    expect(Buffer.byteLength(JSON.stringify({ ...most.document, ...totalsOf(most.document) }))).toBeLessThan(145_000);
  });

  it('is of its own sale and store', () => {
    expect(accepted(aRefundOf([tea(1)], 299))).toMatchObject({ storeId, saleId: saleOf('sale 1') });
  });
});
