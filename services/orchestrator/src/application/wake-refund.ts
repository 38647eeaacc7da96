import type { Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { silenceOf, type News } from '../domain/hearing.ts';
import type { RefundChange } from '../domain/refund.ts';
import { refundSagaOf } from '../domain/versions.ts';
import { goOnRefunding } from './continue-refund.ts';
import type { RefundHandler, RefundNeed, Refunds } from './ports.ts';

/** A timer of a refund was due when the sweeper looked. Local: it never travels on the bus. */
export type RefundTimerDue = Message<'refund.timer-due', RefundNeed & News>;
export const refundTimerDue = ({ tenantId, refundId }: RefundNeed, news: News): RefundTimerDue => ({ type: 'refund.timer-due', body: { tenantId, refundId, ...news } });

/** Goes on with a refund that waited in vain. When the reply came meanwhile the timer was set anew, and this one means nothing. */
export class WakeRefund implements RefundHandler<RefundTimerDue> {
  needs({ body }: RefundTimerDue): readonly RefundNeed[] {
    return [body];
  }

  decide(refunds: Refunds, { message: { body }, now }: Incoming<RefundTimerDue>): Decision<RefundChange> {
    const before = refunds.findRefund(body.tenantId, body.refundId);
    if (before?.wakeAt === undefined || before.wakeAt > now) return {};
    return goOnRefunding(before, silenceOf(refundSagaOf(before.sagaVersion), before, body), now);
  }
}
