import type { Message } from '@checkout/contracts';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import type { Input } from '@checkout/saga';
import type { RefundChange, RefundRun } from '../domain/refund.ts';
import type { OfRefund } from '../domain/refund-start.ts';
import { refundSagaOf } from '../domain/versions.ts';
import { goneOn } from './go-on.ts';
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

/** One input to one refund. */
export const goOnRefunding = (before: RefundRun, input: Input, now: number): Decision<RefundChange> => goneOn(refundSagaOf, before, input, now, `refund ${before.refundId}`);
