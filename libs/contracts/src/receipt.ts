import { z } from 'zod';
import { command, event, type MessageOf } from './contract.ts';
import { RefundParts } from './refund.ts';
import { Amount, CommandId, Currency, Instant, LeftShop, maxLines, maxTenders, ofRefund, ofSale, PricedFrom, SaleLine, ShiftId, TaxMode, TillId } from './shapes.ts';

/** A tender as a receipt shows it: no token, nothing that could pay again. */
export const ReceiptTender = z.strictObject({ type: z.enum(['card', 'cash']), amountMinor: Amount, tenderedMinor: Amount });
export type ReceiptTender = z.output<typeof ReceiptTender>;

/** Numbers and keeps the receipt of a paid sale. Safe to repeat: a sale has one receipt. */
export const IssueReceipt = command('receipt-commands', 'receipt.issue-receipt.v1', z.strictObject({
  ...ofSale,
  commandId: CommandId,
  tillId: TillId,
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(SaleLine).min(1).max(maxLines),
  tenders: z.array(ReceiptTender).min(1).max(maxTenders),
  totalMinor: Amount,
  requestedAt: Instant,
  pricedFrom: PricedFrom.optional(),
  shiftId: ShiftId.optional(),
  leftShop: LeftShop.optional(),
}));
export type IssueReceipt = MessageOf<typeof IssueReceipt>;

export const ReceiptIssued = event('checkout-replies', 'receipt.receipt-issued.v1', z.strictObject({
  ...ofSale,
  /** Gap-free per store and series, as printed: `S-000042`. */
  receiptNumber: z.string(),
}));
export type ReceiptIssued = MessageOf<typeof ReceiptIssued>;

/** Numbers the credit note of a refund whose money has gone back. Safe to repeat: a refund has one. What came back stands with the refund itself. */
export const IssueCreditNote = command('receipt-commands', 'receipt.issue-credit-note.v1', z.strictObject({
  ...ofRefund,
  /** How the money went back. */
  parts: RefundParts,
}));
export type IssueCreditNote = MessageOf<typeof IssueCreditNote>;

export const CreditNoteIssued = event('checkout-replies', 'receipt.credit-note-issued.v1', z.strictObject({
  ...ofRefund,
  /** Gap-free per store, in a series of its own: `C-000007`. */
  creditNoteNumber: z.string(),
}));
export type CreditNoteIssued = MessageOf<typeof CreditNoteIssued>;
