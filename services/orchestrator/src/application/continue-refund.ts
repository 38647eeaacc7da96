import { operations, type Message } from '@checkout/contracts';
import { assert } from '@checkout/kernel';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import { advance, type Input } from '@checkout/saga';
import type { RefundChange, RefundRun } from '../domain/refund.ts';
import type { OfRefund } from '../domain/refund-start.ts';
import { continued, isOver } from '../domain/run.ts';
import { refundSagaOf } from '../domain/versions.ts';
import type { RefundHandler, RefundNeed, Refunds } from './ports.ts';

/** What every reply about a refund has in common, whoever sends it. */
export type RefundReply = Message<string, OfRefund>;

/**
 * Goes on with a refund when a participant answers: one handler for all replies, since the saga's declaration says what each means.
 *
 * @throws InvalidMessage `unknown-saga`, `store-mismatch`
 */
export class ContinueRefund implements RefundHandler<RefundReply> {
  needs({ body: { tenantId, refundId } }: RefundReply): readonly RefundNeed[] {
    return [{ tenantId, refundId }];
  }

  decide(refunds: Refunds, { message, now }: Incoming<RefundReply>): Decision<RefundChange> {
    const { tenantId, storeId, saleId, refundId } = message.body;
    const before = refunds.findRefund(tenantId, refundId);
    if (!before) throw new InvalidMessage('unknown-saga', `${message.type} answers for refund ${refundId}, which never began here.`);
    if (before.storeId !== storeId || before.saleId !== saleId) {
      throw new InvalidMessage('store-mismatch', `${message.type} speaks for sale ${saleId} of store ${storeId}; refund ${refundId} is of sale ${before.saleId} of ${before.storeId}.`);
    }
    return goOnRefunding(before, message, now);
  }
}

/** One input to one refund: what the saga decides, as rows and messages. */
export function goOnRefunding(before: RefundRun, input: Input, now: number): Decision<RefundChange> {
  if (isOver(before.instance)) return {};
  assert(before.start, `refund ${before.refundId} is under way without the message that started it`);
  const decision = advance(refundSagaOf(before.sagaVersion), before.start, before.instance, input);
  const change = continued(before, decision, now);
  return change ? { changes: [change], messages: [...decision.messages, ...attentionOf(before, change.after, now)] } : {};
}

/** The operator's desk hears when a person has to look, why, and when nobody has to any more. */
function attentionOf({ instance: { needsAttention: earlier } }: RefundRun, { tenantId, storeId, saleId, refundId, instance: { needsAttention } }: RefundRun, now: number): Message[] {
  if (needsAttention === earlier) return [];
  const about = { service: 'orchestrator', tenantId, storeId, saleId, at: new Date(now).toISOString() };
  return [needsAttention === undefined ? operations.AttentionEnded(about) : operations.AttentionNeeded({ ...about, reason: needsAttention, detail: `refund ${refundId}` })];
}
