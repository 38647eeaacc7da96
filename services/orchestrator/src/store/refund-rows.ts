import { checkout, refund, RefundId, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';
import { Phase } from './rows.ts';

/** What the tables of refunds hold. Tables: `migrations/0004-refund-saga.sql`. */

export const RefundRow = z.object({
  tenantId: TenantId,
  refundId: RefundId,
  saleId: SaleId,
  storeId: StoreId,
  bodyHash: z.string(),
  /** Null once the refund has ended. */
  data: jsonColumn(refund.RefundRequested.schema).nullable(),
  phase: Phase,
  awaiting: jsonColumn(z.array(z.int())),
  attempts: z.int(),
  unheard: z.int(),
  results: jsonColumn(z.record(z.string(), z.record(z.string(), z.unknown()))),
  because: jsonColumn(checkout.Reason).nullable(),
  needsAttention: z.string().nullable(),
  sagaVersion: z.int(),
  version: z.int(),
  entryCount: z.int(),
  traceparent: z.string().nullable(),
  wakeAt: z.date().nullable(),
});
export type RefundRow = z.output<typeof RefundRow>;

export const DueRefundRow = z.object({ tenantId: TenantId, refundId: RefundId, saleId: SaleId, storeId: StoreId, traceparent: z.string().nullable() });

export const RefundViewRow = z.object({ refundId: RefundId, saleId: SaleId, storeId: StoreId, phase: Phase, needsAttention: z.string().nullable() });

export const StuckRefundRow = z
  .object({ refundId: RefundId, saleId: SaleId, storeId: StoreId, phase: Phase, why: z.string(), attempts: z.int(), startedAt: z.date(), lastAskedAt: z.date() })
  .transform((row) => ({ ...row, startedAt: row.startedAt.toISOString(), lastAskedAt: row.lastAskedAt.toISOString() }));
