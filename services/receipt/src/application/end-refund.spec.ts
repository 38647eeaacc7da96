import { refund } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import { receiptOf } from '../domain/receipt.ts';
import { aRefundOf, handleRefund, issuedAtMs, paid, saleOf, storeId, tenantId } from '../testing.ts';
import { AcceptRefund } from './accept-refund.ts';
import { cancelRefund, completeRefund } from './end-refund.ts';
import { RefundBooks } from './refund-ports.ts';

const request = aRefundOf([{ line: 1, quantity: 2, goods: 'restock' }], 598);
const of = { tenantId, storeId, saleId: saleOf('sale 1'), refundId: request.refundId };
const declined = refund.RefundCancelled({ ...of, reason: { code: 'refund-declined', message: 'Tender 1 did not take the money back: account_closed' } });
const done = refund.RefundCompleted({ ...of, creditNoteNumber: 'C-000001' });
const accept = new AcceptRefund(1_000);

function begun(): RefundBooks {
  const books = new RefundBooks();
  books.add(receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs));
  handleRefund(books, accept, { type: 'receipt.request-refund', body: request });
  return books;
}

describe('the end of a refund', () => {
  it('that was declined frees what it had set aside', () => {
    const books = begun();
    handleRefund(books, cancelRefund, declined);
    expect(books.refund(of)).toMatchObject({ state: 'declined', because: declined.body.reason, endedAt: issuedAtMs });
    const again = aRefundOf([{ line: 1, quantity: 2, goods: 'restock' }], 598, { commandId: '0190a5c2-0001-7000-8000-000000000009' as CommandId, moneyBack: 'cash' });
    expect(handleRefund(books, accept, { type: 'receipt.request-refund', body: again }).answer).toMatchObject({ kind: 'accepted' });
  });

  it('is told once: what comes later changes nothing', () => {
    const books = begun();
    handleRefund(books, completeRefund, done);
    expect([handleRefund(books, completeRefund, done), handleRefund(books, cancelRefund, declined)]).toEqual([{}, {}]);
    expect(books.refund(of)).toMatchObject({ state: 'completed' });
  });

  it('of a refund that nobody has accepted is dead-lettered', () => {
    expect(() => handleRefund(new RefundBooks(), completeRefund, done)).toThrow(expect.objectContaining({ code: 'unknown-refund' }));
  });
});
