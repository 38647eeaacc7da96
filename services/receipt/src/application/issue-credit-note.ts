import { receipt, saleEvents } from '@checkout/contracts';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import { totalsOf, type CreditNote, type Refund } from '../domain/refund.ts';
import { creditSeries, printed } from '../domain/receipt-number.ts';
import { eventOf, type RefundBooks, type RefundChange, type RefundEvent, type RefundHandler, type RefundNeed } from './refund-ports.ts';

/**
 * Gives a refund whose money has gone back its number and tells the outside about it, both in the commit that writes the note: a crash leaves no gap; asked again, the
 * refund keeps its number, and the outside is not told a second time.
 *
 * @throws InvalidMessage `unknown-refund`, `refund-declined`
 */
export class IssueCreditNote implements RefundHandler<receipt.IssueCreditNote> {
  needs({ body: { tenantId, storeId, saleId, refundId } }: receipt.IssueCreditNote): readonly RefundNeed[] {
    return [{ tenantId, storeId, saleId, refundId }];
  }

  decide(books: RefundBooks, { message: { body }, now }: Incoming<receipt.IssueCreditNote>): Decision<RefundChange, RefundEvent> {
    const before = books.refund(body);
    if (!before) throw new InvalidMessage('unknown-refund', `Refund ${body.refundId} was never accepted here.`);
    if (before.creditNote) return { messages: [answerOf(before, before.creditNote)] };
    if (before.state === 'declined') throw new InvalidMessage('refund-declined', `Refund ${body.refundId} was told as declined: what it had set aside may be refunded by another.`);

    const creditNote: CreditNote = { series: creditSeries, number: books.lastNumberOf(before.tenantId, before.storeId, creditSeries) + 1, issuedAt: new Date(now).toISOString() };
    const refund: Refund = { ...before, creditNote, document: { ...before.document, parts: body.parts } };
    return {
      changes: [{ refund, isNew: false, before: books.refundsOf(refund).version, isNoted: true }],
      messages: [answerOf(refund, creditNote), saleRefunded(refund, creditNote)],
      effects: [eventOf('credit-note-issued', refund)],
    };
  }
}

const answerOf = ({ tenantId, storeId, saleId, refundId }: Refund, { series, number }: CreditNote) =>
  receipt.CreditNoteIssued({ tenantId, storeId, saleId, refundId, creditNoteNumber: printed(series, number) });

function saleRefunded({ tenantId, storeId, saleId, refundId, commandId, tillId, receiptNumber, document }: Refund, { series, number, issuedAt }: CreditNote) {
  const { currency, taxMode, lines, parts, reason, shiftId } = document;
  const { taxes, ...totals } = totalsOf(document);
  return saleEvents.SaleRefunded({
    tenantId, storeId, saleId, refundId, commandId, tillId, receiptNumber,
    creditNoteNumber: printed(series, number), creditNoteSeries: series, creditNoteSequence: number,
    currency, taxMode, lines: [...lines], taxes: [...taxes], ...totals, parts: [...parts], reason, ...(shiftId !== undefined && { shiftId }), refundedAt: issuedAt,
  });
}
