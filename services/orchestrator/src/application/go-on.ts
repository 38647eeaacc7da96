import { operations, type Message } from '@checkout/contracts';
import { assert, type SaleId, type StoreId, type TenantId } from '@checkout/kernel';
import type { Decision } from '@checkout/messaging';
import { advance, type Input, type Saga } from '@checkout/saga';
import { continued, isOver, type Run, type Transition } from '../domain/run.ts';

/** Whatever a run is about, it is of one sale. */
export interface SaleRun<Start> extends Run<Start> {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
}

/** One input to one run: what its saga decides, as rows and messages. `detail` is for the operator's desk, where the sale alone does not say what it is about. */
export function goneOn<Start, R extends SaleRun<Start>>(sagaOf: (version: number) => Saga<Start>, before: R & SaleRun<Start>, input: Input, now: number, detail?: string): Decision<Transition<R>> {
  if (isOver(before.instance)) return {};
  const saga = sagaOf(before.sagaVersion);
  assert(before.start, `the ${saga.name} of sale ${before.saleId} is under way without the message that started it`);
  const decision = advance(saga, before.start, before.instance, input);
  const change = continued<R>(before, decision, now);
  return change ? { changes: [change], messages: [...decision.messages, ...attentionOf(before, change.after, now, detail)] } : {};
}

/** The operator's desk hears when a person has to look, why, and when nobody has to any more. */
function attentionOf({ instance: { needsAttention: earlier } }: SaleRun<unknown>, { tenantId, storeId, saleId, instance: { needsAttention } }: SaleRun<unknown>, now: number, detail: string | undefined): Message[] {
  if (needsAttention === earlier) return [];
  const about = { service: 'orchestrator', tenantId, storeId, saleId, at: new Date(now).toISOString() };
  return [needsAttention === undefined ? operations.AttentionEnded(about) : operations.AttentionNeeded({ ...about, reason: needsAttention, ...(detail !== undefined && { detail }) })];
}
