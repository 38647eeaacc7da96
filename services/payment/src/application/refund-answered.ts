import { refundAnswered as heard } from '../domain/refund.ts';
import { learnedFrom } from './learned.ts';
import type { PaymentHandler, RefundAnswered } from './ports.ts';
import { refundStep } from './refund-step.ts';

/** Notes what the provider said about one part of a refund. The last answer that a refund waits for ends it. */
export const refundAnswered: PaymentHandler<RefundAnswered> = {
  needs: ({ body: { tenantId, saleId } }) => [{ tenantId, saleId, withRefunds: true }],

  decide(payments, { message: { body }, envelope, now }) {
    const { refundId, position, attempt, outcome } = body;
    const before = payments.refundsOf(body).find((refund) => refund.refundId === refundId);
    if (!before) return {};
    const wasInDoubt = before.parts.find((part) => part.position === position)?.state === 'unknown';
    const learned = learnedFrom({ position, wasInDoubt }, { operation: 'refund', attempt, outcome });
    return refundStep(payments.get(body), before, heard(before, position, attempt, outcome, now), envelope.traceparent, learned);
  },
};
