import { checkout, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';

/** What the tables hold. Tables: `migrations/0001-checkout-saga.sql`. */

export const Phase = z.enum(['forward', 'backward', 'completed', 'cancelled']);

export const CheckoutRow = z.object({
  tenantId: TenantId,
  saleId: SaleId,
  storeId: StoreId,
  bodyHash: z.string(),
  /** Null once the checkout has ended. */
  data: jsonColumn(checkout.CheckoutRequested.schema).nullable(),
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
export type CheckoutRow = z.output<typeof CheckoutRow>;

export const DueRow = z.object({ tenantId: TenantId, saleId: SaleId, storeId: StoreId, traceparent: z.string().nullable() });

/** As much of a request as stays when the checkout has ended. */
const Summary = checkout.CheckoutRequested.schema.pick({ commandId: true, tillId: true, currency: true, totalMinor: true, requestedAt: true, requestHash: true, acceptedVia: true, pricedFrom: true });

export const SaleRow = z.object({
  saleId: SaleId,
  storeId: StoreId,
  phase: Phase,
  /** Null for checkouts from before it was kept. */
  asked: jsonColumn(Summary).nullable(),
  results: jsonColumn(z.record(z.string(), z.record(z.string(), z.unknown()))),
  because: jsonColumn(checkout.Reason).nullable(),
  needsAttention: z.string().nullable(),
  updatedAt: z.date(),
});
export type SaleRow = z.output<typeof SaleRow>;

export const StoryRow = z.object({ storeId: StoreId, phase: Phase });
export const EntryRow = z
  .object({ sequence: z.int(), at: z.date(), event: z.string(), step: z.string().nullable(), detail: z.string().nullable() })
  .transform(({ sequence, at, event, step, detail }) => ({
    sequence, at: at.toISOString(), event, ...(step !== null && { step }), ...(detail !== null && { detail }),
  }));

export const StuckRow = z
  .object({ saleId: SaleId, storeId: StoreId, phase: Phase, why: z.string(), attempts: z.int(), startedAt: z.date(), lastAskedAt: z.date() })
  .transform((row) => ({ ...row, startedAt: row.startedAt.toISOString(), lastAskedAt: row.lastAskedAt.toISOString() }));
