import { SaleId, StoreId, TenantId } from '@checkout/contracts';
import { z } from 'zod';
import { Phase } from './saga-row.ts';

/** What is read beside the hot path of any saga, whatever it is about. */

const time = z.date().transform((at) => at.toISOString());

export const StoryRow = z.object({ storeId: StoreId, phase: Phase });

export const EntryRow = z
  .object({ sequence: z.int(), at: time, event: z.string(), step: z.string().nullable(), detail: z.string().nullable() })
  .transform(({ step, detail, ...row }) => ({ ...row, ...(step !== null && { step }), ...(detail !== null && { detail }) }));

export const stuckColumns = { saleId: SaleId, storeId: StoreId, phase: Phase, why: z.string(), attempts: z.int(), startedAt: time, lastAskedAt: time };

export const dueColumns = { tenantId: TenantId, saleId: SaleId, storeId: StoreId, traceparent: z.string().nullable() };
