import { checkout, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';
import { Phase, runColumns } from './saga-row.ts';
import { dueColumns, stuckColumns } from './saga-view-rows.ts';

/** What the tables hold. Tables: `migrations/0001-checkout-saga.sql`. */

export const CheckoutRow = z.object({
  tenantId: TenantId,
  saleId: SaleId,
  storeId: StoreId,
  /** Null once the checkout has ended. */
  data: jsonColumn(checkout.CheckoutRequested.schema).nullable(),
  ...runColumns,
});
export type CheckoutRow = z.output<typeof CheckoutRow>;

export const DueRow = z.object(dueColumns);

/** As much of a request as stays when the checkout has ended. */
const Summary = checkout.CheckoutRequested.schema.pick({ commandId: true, tillId: true, currency: true, totalMinor: true, requestedAt: true, requestHash: true, acceptedVia: true, pricedFrom: true });

export const SaleRow = z.object({
  saleId: SaleId,
  storeId: StoreId,
  phase: Phase,
  /** Null for checkouts from before it was kept. */
  asked: jsonColumn(Summary).nullable(),
  results: runColumns.results,
  because: runColumns.because,
  needsAttention: runColumns.needsAttention,
  updatedAt: z.date(),
});
export type SaleRow = z.output<typeof SaleRow>;

export const StuckRow = z.object(stuckColumns);
