import type { payment } from '@checkout/contracts';
import { InvalidMessage } from '@checkout/messaging';
import { beginRefund } from '../domain/refund.ts';
import type { PaymentHandler } from './ports.ts';
import { refundAnswerOf, refundStep } from './refund-step.ts';

/**
 * Gives money of a captured sale back, once for each refund. The command is done once the intent is stored: the answer follows when the provider has spoken, at once when
 * there is only cash. Payment looks at its own books, whoever has looked before: more than is left of a tender is declined.
 */
export const refundPayment: PaymentHandler<payment.RefundPayment> = {
  needs: ({ body: { tenantId, saleId } }) => [{ tenantId, saleId, withRefunds: true }],

  decide(payments, { message: { body }, envelope, now }) {
    const refunds = payments.refundsOf(body);
    const earlier = refunds.find(({ refundId }) => refundId === body.refundId);
    if (earlier) return { messages: refundAnswerOf(earlier) };
    assertAddsUp(body);
    const current = payments.get(body);
    return refundStep(current, undefined, beginRefund(body, body.currency, body.parts, current, refunds, now), envelope.traceparent);
  },
};

/** Money is not moved on trust. */
function assertAddsUp({ refundId, totalMinor, parts }: payment.RefundPayment['body']): void {
  const given = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (given !== totalMinor) throw new InvalidMessage('tender-mismatch', `The parts of refund ${refundId} add up to ${given}, its total is ${totalMinor}.`);
  if (new Set(parts.map(({ position }) => position)).size < parts.length) throw new InvalidMessage('tender-repeated', `Refund ${refundId} names a tender twice.`);
}
