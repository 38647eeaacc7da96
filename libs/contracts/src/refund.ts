import { z } from 'zod';
import { Reason } from './checkout.ts';
import { event, type MessageOf } from './contract.ts';
import { Amount, CommandId, Currency, Instant, maxLines, maxTenders, ofRefund, Quantity, RequestHash, ShiftId, Sku, TaxRateBp, Text, TillId } from './shapes.ts';

/** What becomes of goods that come back: on the shelf again, or written off. */
export const ReturnedGoods = z.enum(['restock', 'write-off']);
export type ReturnedGoods = z.output<typeof ReturnedGoods>;

/** Pieces of one line of a past sale that come back, with what they come to of what was paid for the line. */
export const RefundLine = z.strictObject({
  /** Which line of the receipt, counted from 1. */
  line: z.int().min(1).max(maxLines),
  sku: Sku,
  description: Text(80),
  quantity: Quantity,
  goods: ReturnedGoods,
  taxRateBp: TaxRateBp,
  netMinor: Amount,
  taxMinor: Amount,
  grossMinor: Amount,
});
export type RefundLine = z.output<typeof RefundLine>;

/** How much of one tender goes back, and by which way. */
export const RefundPart = z.strictObject({
  /** Which tender of the sale, counted from 1. */
  position: z.int().min(1).max(maxTenders),
  via: z.enum(['card', 'cash']),
  amountMinor: Amount,
});
export type RefundPart = z.output<typeof RefundPart>;

/** At most two for a line: some pieces go back on the shelf, others are written off. */
export const RefundLines = z.array(RefundLine).min(1).max(maxLines);
export const RefundParts = z.array(RefundPart).max(maxTenders);

/** A till's command to refund, with everything that is set aside for it: whoever sends this has made sure that no more comes back than was sold. */
export const RefundRequested = event('checkout-requests', 'refund.refund-requested.v1', z.strictObject({
  ...ofRefund,
  commandId: CommandId,
  tillId: TillId,
  currency: Currency,
  totalMinor: Amount,
  lines: RefundLines,
  parts: RefundParts,
  requestedAt: Instant,
  requestHash: RequestHash,
  shiftId: ShiftId.optional(),
}));
export type RefundRequested = MessageOf<typeof RefundRequested>;

/** The refund is done: money back, goods in the books, credit note numbered. */
export const RefundCompleted = event('receipt-commands', 'refund.refund-completed.v1', z.strictObject({ ...ofRefund, creditNoteNumber: z.string() }));
export type RefundCompleted = MessageOf<typeof RefundCompleted>;

/** No money went back, and none will: what was set aside for the refund may be refunded anew. */
export const RefundCancelled = event('receipt-commands', 'refund.refund-cancelled.v1', z.strictObject({ ...ofRefund, reason: Reason }));
export type RefundCancelled = MessageOf<typeof RefundCancelled>;
