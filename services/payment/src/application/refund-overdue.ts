import { refundAskedAgain } from '../domain/refund.ts';
import type { PaymentHandler, RefundOverdue } from './ports.ts';
import { refundStep } from './refund-step.ts';

/** Asks the provider again about a part of a refund of which nobody knows: the attempt is stored first, so that it can be told how often. */
export const refundOverdue: PaymentHandler<RefundOverdue> = {
  needs: ({ body: { tenantId, saleId } }) => [{ tenantId, saleId, withRefunds: true }],

  decide(payments, { message: { body }, envelope, now }) {
    const before = payments.refundsOf(body).find(({ refundId }) => refundId === body.refundId);
    return before ? refundStep(payments.get(body), before, refundAskedAgain(before, body.position, body.attempt, now), envelope.traceparent) : {};
  },
};
