import { Currency, http, ShiftId, StoreId, TenantId, TillId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';
import type { Shift } from '../domain/shift.ts';

const [opened, cashMoved, closed] = http.ShiftEntry.options;

const Document = z.object({
  currency: Currency,
  opened: opened.optional(),
  movements: z.array(cashMoved),
  closed: closed.optional(),
  flags: z.array(http.ShiftView.shape.flags.element),
  entryIds: z.array(z.string()),
});

/** Table: `migrations/0003-shifts.sql`. */
export const ShiftRow = z.object({
  tenantId: TenantId,
  shiftId: ShiftId,
  storeId: StoreId,
  tillId: TillId,
  firstHeardAt: z.date(),
  reportNumber: z.int().nullable(),
  document: jsonColumn(Document),
  version: z.int(),
}).transform(({ firstHeardAt, reportNumber, document: { currency, opened: first, movements, closed: last, flags, entryIds }, ...row }): Shift => ({
  ...row, currency, movements, flags, entryIds,
  firstHeardAt: firstHeardAt.toISOString(),
  ...(reportNumber !== null && { reportNumber }),
  ...(first && { opened: first }),
  ...(last && { closed: last }),
}));

export const CounterRow = z.object({ tenantId: TenantId, storeId: StoreId, tillId: z.union([TillId, z.literal('')]), lastNumber: z.int() });
