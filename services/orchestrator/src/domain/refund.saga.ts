import { inventory, payment, receipt, refund as contract } from '@checkout/contracts';
import { seconds } from '@checkout/kernel';
import { pivot, retriable, saga, type Results } from '@checkout/saga';
import { refundDeclined, stalled } from './reasons.ts';
import { ofRefund } from './refund-start.ts';

/**
 * One refund, from "give it back" to a credit note. What it takes of the sale was set aside where the receipt is kept, before this began; so the money is
 * the first step and the only one that can be refused. Once it has gone back there is only forward.
 */
export const refund = saga(contract.RefundRequested, {
  name: 'refund',
  version: 1,
  stalled: { says: payment.RefundStalled, why: stalled },
  steps: [
    pivot('refund payment', {
      command: (start) => payment.RefundPayment({ ...ofRefund(start), currency: start.currency, totalMinor: start.totalMinor, parts: start.parts }),
      succeeds: payment.PaymentRefunded, fails: payment.RefundDeclined, refused: refundDeclined, within: seconds(30),
      keeps: ['parts'],
    }),
    retriable('return stock', {
      command: (start) => inventory.ReturnStock({ ...ofRefund(start), lines: start.lines.map(({ sku, quantity, goods }) => ({ sku, quantity, goods })) }),
      succeeds: inventory.StockReturned, within: seconds(5),
    }),
    retriable('issue credit note', {
      command: (start, results) => receipt.IssueCreditNote({ ...ofRefund(start), parts: partsIn(results) }),
      succeeds: receipt.CreditNoteIssued, within: seconds(5),
      keeps: ['creditNoteNumber'],
    }),
  ],
  completed: (start, { 'issue credit note': { creditNoteNumber } }) => [contract.RefundCompleted({ ...ofRefund(start), creditNoteNumber })],
  cancelled: (start, reason) => [contract.RefundCancelled({ ...ofRefund(start), reason })],
});

/** How the money went back, which may be otherwise than asked for. */
const partsIn = (results: Results): contract.RefundPart[] => contract.RefundParts.parse(results['refund payment']?.['parts']);
