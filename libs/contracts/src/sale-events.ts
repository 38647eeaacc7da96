import { z } from 'zod';
import { Reason } from './checkout.ts';
import { event, type MessageOf } from './contract.ts';
import { Amount, CommandId, Currency, Instant, ofSale, SaleLine, TaxMode, TaxRateBp, TillId } from './shapes.ts';
import { ReceiptTender } from './receipt.ts';

/** What back-office systems subscribe to. These types are a public promise: they grow, they never change meaning. */

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
}));
export type SaleCancelled = MessageOf<typeof SaleCancelled>;
