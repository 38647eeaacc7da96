import type { Decision } from '@checkout/saga';
import type { OfRefund, RefundStart } from './refund-start.ts';
import { transition, type Run, type Transition } from './run.ts';

/** One refund as it is kept. */
export interface RefundRun extends Run<RefundStart>, OfRefund {}

export type RefundChange = Transition<RefundRun>;

/** The first transition of a new refund. */
export function begun(start: RefundStart, sagaVersion: number, traceparent: string | undefined, decision: Decision, now: number): RefundChange {
  const { tenantId, storeId, saleId, refundId, requestHash: bodyHash } = start;
  const newborn = { tenantId, storeId, saleId, refundId, bodyHash, start, sagaVersion, version: 0, entryCount: 0 };
  return transition<RefundRun>(traceparent === undefined ? newborn : { ...newborn, traceparent }, decision, now);
}
