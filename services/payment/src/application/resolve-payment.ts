import { resolved } from '../domain/payment.ts';
import { refundResolved } from '../domain/refund.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { PaymentHandler, PaymentResolved, ResolutionFate } from './ports.ts';
import { refundStep } from './refund-step.ts';
import { step } from './step.ts';

/** A person has asked the provider by other means and says what it did; or has it asked again. Who said so, and why, is kept. */
export const resolvePayment: PaymentHandler<PaymentResolved, ResolutionFate> = {
  needs: ({ body: { tenantId, saleId, refundId } }) => [{ tenantId, saleId, ...(refundId !== undefined && { withRefunds: true }) }],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    if (!current) return { answer: 'not-found' };
    const { position, refundId, resolution, reason, subject } = body;
    const learned: AuditEntry[] = [{ position, source: `operator:${subject}`, event: 'resolved-by-person', detail: `${resolution.kind}: ${reason}`.slice(0, 400) }];
    if (refundId !== undefined) {
      const refund = payments.refundsOf(body).find((each) => each.refundId === refundId);
      if (!refund) return { answer: 'not-found' };
      const settled = refundResolved(refund, position, resolution, now);
      return settled === refund ? { answer: 'nothing-to-resolve' } : { ...refundStep(current, refund, settled, envelope.traceparent, learned), answer: 'resolved' };
    }
    const after = resolved(current, position, resolution, now);
    if (after === current) return { answer: 'nothing-to-resolve' };
    return { ...step(current, after, envelope.traceparent, learned), answer: 'resolved' };
  },
};
