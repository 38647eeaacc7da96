import { receipt, refund } from '@checkout/contracts';
import { receiptOf } from '../domain/receipt.ts';
import { aRefundOf, handleRefund, issuedAtMs, paid, saleOf, storeId, tenantId } from '../testing.ts';
import { AcceptRefund } from './accept-refund.ts';
import { cancelRefund } from './end-refund.ts';
import { IssueCreditNote } from './issue-credit-note.ts';
import { RefundBooks } from './refund-ports.ts';

const request = aRefundOf([{ line: 1, quantity: 1, goods: 'restock' }], 299);
const of = { tenantId, storeId, saleId: saleOf('sale 1'), refundId: request.refundId };
const inCash = [{ position: 1, via: 'cash' as const, amountMinor: 299 }];
const command = receipt.IssueCreditNote({ ...of, parts: inCash });
const issue = new IssueCreditNote();

function begun(): RefundBooks {
  const books = new RefundBooks();
  books.add(receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs));
  books.setLastNumber(tenantId, storeId, 'C', 6);
  handleRefund(books, new AcceptRefund(1_000), { type: 'receipt.request-refund', body: request });
  return books;
}

describe('issuing a credit note', () => {
  it('takes the next number of its own series and tells the back office all of it, with how the money went back', () => {
    const { messages } = handleRefund(begun(), issue, command);
    expect(messages).toMatchObject([
      { type: 'receipt.credit-note-issued.v1', body: { ...of, creditNoteNumber: 'C-000007' } },
      { type: 'sale.refunded.v1', body: {
        ...of, creditNoteNumber: 'C-000007', creditNoteSequence: 7, receiptNumber: 'S-000042', grossMinor: 299, taxMinor: 50, netMinor: 249, parts: inCash, reason: 'Not wanted',
        taxes: [{ taxRateBp: 2000, netMinor: 249, taxMinor: 50, grossMinor: 299 }], lines: [{ line: 1, quantity: 1, goods: 'restock' }],
      } },
    ]);
  });

  it('asked for again keeps its number, and tells the back office nothing more', () => {
    const books = begun();
    handleRefund(books, issue, command);
    expect(handleRefund(books, issue, command)).toEqual({ messages: [receipt.CreditNoteIssued({ ...of, creditNoteNumber: 'C-000007' })] });
  });

  it('of a refund that nobody has accepted, or that was declined, is dead-lettered', () => {
    expect(() => handleRefund(new RefundBooks(), issue, command)).toThrow(expect.objectContaining({ code: 'unknown-refund' }));
    const books = begun();
    handleRefund(books, cancelRefund, refund.RefundCancelled({ ...of, reason: { code: 'refund-declined', message: 'no' } }));
    expect(() => handleRefund(books, issue, command)).toThrow(expect.objectContaining({ code: 'refund-declined' }));
  });
});
