import { resolved } from '../domain/payment.ts';
import type { PaymentHandler, PaymentResolved, ResolutionFate } from './ports.ts';
import { step } from './step.ts';

/** A person has asked the provider by other means and says what it did; or has it asked again. Who said so, and why, is kept. */
export const resolvePayment: PaymentHandler<PaymentResolved, ResolutionFate> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    if (!current) return { answer: 'not-found' };
    const { position, resolution, reason, subject } = body;
    const after = resolved(current, position, resolution, now);
    if (after === current) return { answer: 'nothing-to-resolve' };
    const detail = `${resolution.kind}: ${reason}`.slice(0, 400);
    return { ...step(current, after, envelope.traceparent, [{ position, source: `operator:${subject}`, event: 'resolved-by-person', detail }]), answer: 'resolved' };
  },
};
