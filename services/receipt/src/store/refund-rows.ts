import { checkout, CommandId, Currency, refund, RefundId, SaleId, ShiftId, StoreId, TaxMode, TenantId, TillId } from '@checkout/contracts';
import { jsonColumn, safeIntegerColumn, sql } from '@checkout/sql';
import { z } from 'zod';
import type { Refund, RefundDocument } from '../domain/refund.ts';

/** What the tables of refunds hold, as the domain knows it. Tables: `migrations/0004-refund.sql`. */

const Document = z.object({
  currency: Currency, taxMode: TaxMode, lines: z.array(refund.RefundLine), parts: refund.RefundParts, reason: z.string(), shiftId: ShiftId.optional(),
}) as z.ZodType<RefundDocument>;

export const RefundRow: z.ZodType<Refund> = z
  .object({
    tenantId: TenantId, refundId: RefundId, saleId: SaleId, storeId: StoreId, commandId: CommandId, tillId: TillId,
    bodyHash: z.string(), receiptNumber: z.string(), totalMinor: safeIntegerColumn,
    state: z.enum(['accepted', 'completed', 'declined']),
    document: jsonColumn(Document),
    because: jsonColumn(checkout.Reason).nullable(),
    series: z.string().nullable(), number: z.int().nullable(), issuedAt: z.date().nullable(),
    acceptedAt: z.date(), endedAt: z.date().nullable(),
  })
  .transform(({ because, series, number, issuedAt, acceptedAt, endedAt, ...row }) => ({
    ...row,
    acceptedAt: acceptedAt.getTime(),
    ...(because && { because }),
    ...(endedAt && { endedAt: endedAt.getTime() }),
    ...(series !== null && number !== null && issuedAt && { creditNote: { series, number, issuedAt: issuedAt.toISOString() } }),
  }));

/** Every column of `refund AS f`, as {@link RefundRow} reads it. */
export const refundColumns = sql`
  f.tenant_id AS tenantId, f.refund_id AS refundId, f.sale_id AS saleId, f.store_id AS storeId, f.command_id AS commandId, f.till_id AS tillId, f.body_hash AS bodyHash,
  f.receipt_number AS receiptNumber, f.total_minor AS totalMinor, f.state, f.document, f.because, f.credit_series AS series, f.credit_number AS number, f.issued_at AS issuedAt,
  f.accepted_at AS acceptedAt, f.ended_at AS endedAt`;

export const HeadRow = z.object({ tenantId: TenantId, saleId: SaleId, version: z.int() });
export type HeadRow = z.output<typeof HeadRow>;
