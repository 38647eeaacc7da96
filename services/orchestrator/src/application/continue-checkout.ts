import { operations, type Message } from '@checkout/contracts';
import { assert, type SaleId, type StoreId, type TenantId } from '@checkout/kernel';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import { advance, type Input } from '@checkout/saga';
import type { Change, Checkout } from '../domain/checkout.ts';
import { continued, isOver } from '../domain/run.ts';
import { sagaOf } from '../domain/versions.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/** What every reply has in common, whoever sends it. */
export type Reply = Message<string, { readonly tenantId: TenantId; readonly storeId: StoreId; readonly saleId: SaleId }>;

/**
 * Goes on with a sale when a participant answers: one handler for all replies, since the saga's declaration says what each means.
 *
 * @throws InvalidMessage `unknown-saga`, `store-mismatch`
 */
export class ContinueCheckout implements CheckoutHandler<Reply> {
  needs({ body: { tenantId, saleId } }: Reply): readonly Need[] {
    return [{ tenantId, saleId }];
  }

  decide(checkouts: Checkouts, { message, now }: Incoming<Reply>): Decision<Change> {
    const { tenantId, storeId, saleId } = message.body;
    const before = checkouts.find(tenantId, saleId);
    if (!before) throw new InvalidMessage('unknown-saga', `${message.type} answers for sale ${saleId}, which never began here.`);
    if (before.storeId !== storeId) throw new InvalidMessage('store-mismatch', `${message.type} speaks for store ${storeId}; sale ${saleId} is of ${before.storeId}.`);
    return goOn(before, message, now);
  }
}

/** One input to one checkout: what the saga decides, as rows and messages. */
export function goOn(before: Checkout, input: Input, now: number): Decision<Change> {
  if (isOver(before.instance)) return {};
  assert(before.start, `checkout ${before.saleId} is under way without the message that started it`);
  const decision = advance(sagaOf(before.sagaVersion), before.start, before.instance, input);
  const change = continued(before, decision, now);
  return change ? { changes: [change], messages: [...decision.messages, ...attentionOf(before, change.after, now)] } : {};
}

/** The operator's desk hears when a person has to look, why, and when nobody has to any more. */
function attentionOf({ instance: { needsAttention: earlier } }: Checkout, { tenantId, storeId, saleId, instance: { needsAttention } }: Checkout, now: number): Message[] {
  if (needsAttention === earlier) return [];
  const about = { service: 'orchestrator', tenantId, storeId, saleId, at: new Date(now).toISOString() };
  return [needsAttention === undefined ? operations.AttentionEnded(about) : operations.AttentionNeeded({ ...about, reason: needsAttention })];
}
