import { answered } from '../domain/payment.ts';
import { learnedFrom } from './learned.ts';
import type { PaymentHandler, ProviderAnswered } from './ports.ts';
import { step } from './step.ts';

/** Notes what the provider said about one tender. The last answer that a payment waits for moves the payment on. */
export const providerAnswered: PaymentHandler<ProviderAnswered> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    if (!current) return {};
    const after = answered(current, body.position, body, now);
    return step(current, after, envelope.traceparent, learnedFrom({ position: body.position, wasInDoubt: current.tenders[body.position - 1]?.state === 'unknown' }, body));
  },
};
