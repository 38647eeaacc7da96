import { Currency, SaleId, StoreId } from '@checkout/contracts';
import { z } from 'zod';
import { mostDays, ReadJournal } from '../application/read-journal.ts';

/** What receipt takes and answers over HTTP, beside the views that it shares with others. */

const format = z.enum(['json', 'text']).optional();

export const ReceiptParams = z.strictObject({ id: SaleId });
export type ReceiptParams = z.output<typeof ReceiptParams>;

/** Without `format` the `Accept` header decides. */
export const FormatQuery = z.strictObject({ format });
export type FormatQuery = z.output<typeof FormatQuery>;

export const NumberQuery = z.strictObject({
  storeId: StoreId,
  series: z.string().regex(/^[A-Z]{1,10}$/, { error: 'is not a series (capital letters)' }),
  number: z.coerce.number().int().min(1).max(2_147_483_647),
  format,
});
export type NumberQuery = z.output<typeof NumberQuery>;

export const StoreParams = z.strictObject({ storeId: StoreId });
export type StoreParams = z.output<typeof StoreParams>;

/** A day that DATETIME2 knows, and whose end it knows too. */
const Day = z.iso.date().refine((day) => day >= '0001-01-01' && day < '9999-12-31', { error: 'is out of range' });

/** Days in UTC, both included. */
export const PeriodQuery = z
  .strictObject({ from: Day, to: Day })
  .refine(({ from, to }) => ReadJournal.daysOf(from, to) >= 1, { error: 'is before from', path: ['to'] })
  .refine(({ from, to }) => ReadJournal.daysOf(from, to) <= mostDays, { error: `is more than ${mostDays} days after from`, path: ['to'] });
export type PeriodQuery = z.output<typeof PeriodQuery>;

/** Sums of a store's sales may exceed what one amount may be. */
const Sum = z.int().min(0);
export const JournalView = z.strictObject({
  storeId: StoreId,
  from: z.iso.date(),
  to: z.iso.date(),
  days: z.array(z.strictObject({ day: z.iso.date(), currency: Currency, sales: z.int(), netMinor: Sum, taxMinor: Sum, grossMinor: Sum, refunds: z.int(), refundedNetMinor: Sum, refundedTaxMinor: Sum, refundedGrossMinor: Sum })),
});
export type JournalView = z.output<typeof JournalView>;

const count = z.int().min(0);
export const NumbersReportView = z.strictObject({
  ok: z.boolean(),
  series: z.array(
    z.strictObject({
      series: z.string(),
      lastNumber: count,
      receipts: count,
      numbers: count,
      sales: count,
      lowest: count,
      highest: count,
      journalled: count,
      findings: z.array(z.string()),
    }),
  ),
});
