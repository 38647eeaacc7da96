import { z } from 'zod';
import { Reason } from './checkout.ts';
import { event, type MessageOf } from './contract.ts';
import { RefundLine, RefundPart } from './refund.ts';
import { Amount, CommandId, Currency, Instant, LeftShop, ofRefund, ofSale, SaleLine, ShiftId, TaxMode, TaxRateBp, Text, TillId } from './shapes.ts';
import { ReceiptTender } from './receipt.ts';

/**
 * What back-office systems subscribe to. These types are a public promise: they grow, they never change meaning.
 *
 * An event whose send failed may be overtaken, so that a `sale.refunded` comes some seconds before its sale's completion: numbers and times tell the order, not the arrival.
 */

const Totals = { netMinor: Amount, taxMinor: Amount, grossMinor: Amount };

/** A sale is final. `receiptNumber` counts without gaps per store and series, so a subscriber can prove that it has them all. */
export const SaleCompleted = event('sale-events', 'sale.completed.v1', z.strictObject({
  ...ofSale,
  commandId: CommandId,
  tillId: TillId,
  receiptNumber: z.string(),
  receiptSeries: z.string(),
  receiptSequence: z.int().min(1),
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(SaleLine),
  taxes: z.array(z.strictObject({ taxRateBp: TaxRateBp, ...Totals })),
  ...Totals,
  tenders: z.array(ReceiptTender),
  completedAt: Instant,
  /** The till's shift in which it was sold. */
  shiftId: ShiftId.optional(),
  /** The goods had gone before the server heard of the sale, and this is what is not as it should be about it. */
  leftShop: LeftShop.optional(),
}));
export type SaleCompleted = MessageOf<typeof SaleCompleted>;

/** A sale that a till asked for did not come about. */
export const SaleCancelled = event('sale-events', 'sale.cancelled.v1', z.strictObject({
  ...ofSale,
  commandId: CommandId,
  tillId: TillId,
  currency: Currency,
  totalMinor: Amount,
  reason: Reason,
  /** The goods have gone all the same: a person has to look. */
  leftShop: LeftShop.optional(),
}));
export type SaleCancelled = MessageOf<typeof SaleCancelled>;

/** Goods or money of a past sale have come back. The sale itself never changes; `creditNoteSequence` counts without gaps per store and series. */
export const SaleRefunded = event('sale-events', 'sale.refunded.v1', z.strictObject({
  ...ofRefund,
  commandId: CommandId,
  tillId: TillId,
  /** Of the sale. */
  receiptNumber: z.string(),
  creditNoteNumber: z.string(),
  creditNoteSeries: z.string(),
  creditNoteSequence: z.int().min(1),
  currency: Currency,
  taxMode: TaxMode,
  /** By line of the receipt, with what became of the goods. All amounts are positive: this much less was sold. */
  lines: z.array(RefundLine),
  taxes: z.array(z.strictObject({ taxRateBp: TaxRateBp, ...Totals })),
  ...Totals,
  parts: z.array(RefundPart),
  reason: Text(200),
  /** Whose drawer the cash came out of. */
  shiftId: ShiftId.optional(),
  refundedAt: Instant,
}));
export type SaleRefunded = MessageOf<typeof SaleRefunded>;
