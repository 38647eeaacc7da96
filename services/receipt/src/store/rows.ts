import { CommandId, Currency, http, LeftShop, PricedFrom, receipt, SaleId, SaleLine, ShiftId, StoreId, TaxMode, TenantId, TillId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';
import type { Receipt, ReceiptDocument } from '../domain/receipt.ts';

/** What the tables hold, as the domain knows it. Tables: `migrations/0001-receipt.sql`. */

const { netMinor, taxMinor, grossMinor, taxes, changeMinor } = http.ReceiptView.shape;

const Document = z.object({
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(SaleLine),
  taxes,
  netMinor,
  taxMinor,
  grossMinor,
  tenders: z.array(receipt.ReceiptTender),
  changeMinor,
  pricedFrom: PricedFrom.optional(),
  shiftId: ShiftId.optional(),
  leftShop: LeftShop.optional(),
}) as z.ZodType<ReceiptDocument>;

export const ReceiptRow: z.ZodType<Receipt> = z
  .object({
    tenantId: TenantId,
    storeId: StoreId,
    saleId: SaleId,
    commandId: CommandId,
    tillId: TillId,
    series: z.string(),
    number: z.int(),
    issuedAt: z.date(),
    document: jsonColumn(Document),
  })
  .transform(({ issuedAt, ...row }) => ({ ...row, issuedAt: issuedAt.toISOString() }));

export const CounterRow = z.object({ tenantId: TenantId, storeId: StoreId, series: z.string(), lastNumber: z.int() });
export type CounterRow = z.output<typeof CounterRow>;
