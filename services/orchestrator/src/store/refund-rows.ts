import { refund, RefundId, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';
import { Phase, runColumns } from './saga-row.ts';
import { dueColumns, stuckColumns } from './saga-view-rows.ts';

/** What the tables of refunds hold. Tables: `migrations/0004-refund-saga.sql`. */

export const RefundRow = z.object({
  tenantId: TenantId,
  refundId: RefundId,
  saleId: SaleId,
  storeId: StoreId,
  /** Null once the refund has ended. */
  data: jsonColumn(refund.RefundRequested.schema).nullable(),
  ...runColumns,
});
export type RefundRow = z.output<typeof RefundRow>;

export const DueRefundRow = z.object({ refundId: RefundId, ...dueColumns });

export const RefundViewRow = z.object({ refundId: RefundId, saleId: SaleId, storeId: StoreId, phase: Phase, needsAttention: z.string().nullable() });

export const StuckRefundRow = z.object({ refundId: RefundId, ...stuckColumns });
