import { checkout as sale, inventory, payment, receipt, saleEvents } from '@checkout/contracts';
import { seconds } from '@checkout/kernel';
import { compensatable, pivot, retriable, saga } from '@checkout/saga';
import { captureRefused, declined, short, stalled } from './reasons.ts';
import { asked, ofSale, receiptTenders, stockLines } from './start-message.ts';

/**
 * One sale, from "pay" to a receipt. Until the capture every step can be undone, newest first;
 * once money has moved there is no way back, and what is left is repeated until it is done.
 */
export const checkout = saga(sale.CheckoutRequested, {
  name: 'checkout',
  version: 1,
  stalled: { says: payment.PaymentStalled, why: stalled },
  steps: [
    compensatable('reserve stock', {
      command: (start) => inventory.ReserveStock({ ...ofSale(start), lines: stockLines(start), ...(start.leftShop && { hasLeftShop: true }) }),
      succeeds: inventory.StockReserved, fails: inventory.StockRefused, refused: short, within: seconds(5),
      keeps: ['shortages'],
      compensate: (start) => inventory.ReleaseStock(ofSale(start)),
      compensated: inventory.StockReleased,
    }),
    compensatable('authorize payment', {
      command: (start) => payment.AuthorizePayment({ ...ofSale(start), currency: start.currency, totalMinor: start.totalMinor, tenders: start.tenders }),
      succeeds: payment.PaymentAuthorized, fails: payment.PaymentDeclined, refused: declined, within: seconds(30),
      compensate: (start) => payment.VoidPayment(ofSale(start)),
      compensated: payment.PaymentVoided,
    }),
    pivot('capture payment', {
      command: (start) => payment.CapturePayment(ofSale(start)),
      succeeds: payment.PaymentCaptured, fails: payment.CaptureRefused, refused: captureRefused, within: seconds(30),
      keeps: ['changeMinor'],
    }),
    retriable('commit stock', {
      command: (start) => inventory.CommitStock({ ...ofSale(start), lines: stockLines(start) }),
      succeeds: inventory.StockCommitted, within: seconds(5),
    }),
    retriable('issue receipt', {
      command: (start) => receipt.IssueReceipt({
        ...ofSale(start), commandId: start.commandId, tillId: start.tillId, currency: start.currency, taxMode: start.taxMode,
        lines: start.lines, tenders: receiptTenders(start), totalMinor: start.totalMinor, requestedAt: start.requestedAt,
        ...(start.pricedFrom && { pricedFrom: start.pricedFrom }), ...(start.shiftId !== undefined && { shiftId: start.shiftId }), ...(start.leftShop && { leftShop: start.leftShop }),
      }),
      succeeds: receipt.ReceiptIssued, within: seconds(5),
      keeps: ['receiptNumber'],
    }),
  ],
  completed: (start, { 'reserve stock': { shortages }, 'capture payment': { changeMinor }, 'issue receipt': { receiptNumber } }) => [
    sale.CheckoutCompleted({ ...ofSale(start), ...asked(start), receiptNumber, changeMinor, ...(shortages && { shortages }) }),
  ],
  cancelled: (start, reason) => [
    sale.CheckoutCancelled({ ...ofSale(start), ...asked(start), reason }),
    saleEvents.SaleCancelled({ ...ofSale(start), ...asked(start), reason, ...(start.leftShop && { leftShop: start.leftShop }) }),
  ],
});
