import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Decision } from '@checkout/saga';
import { transition, type Run, type Transition } from './run.ts';
import type { Start } from './start-message.ts';

/** One checkout as it is kept. Its start message goes when it ends: card tokens do not outlive the sale. */
export interface Checkout extends Run<Start> {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
}

export type Change = Transition<Checkout>;

/** The first transition of a new checkout. */
export function started(start: Start, sagaVersion: number, bodyHash: string, traceparent: string | undefined, decision: Decision, now: number): Change {
  const { tenantId, storeId, saleId } = start;
  const newborn = { tenantId, storeId, saleId, bodyHash, start, sagaVersion, version: 0, entryCount: 0 };
  return transition<Checkout>(traceparent === undefined ? newborn : { ...newborn, traceparent }, decision, now);
}
