import { askedAgain } from '../domain/payment.ts';
import type { AnswerOverdue, PaymentHandler } from './ports.ts';
import { step } from './step.ts';

/** Asks the provider again about a tender of which nobody knows: the attempt is stored first, so that it can be told how often. */
export const answerOverdue: PaymentHandler<AnswerOverdue> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    return current ? step(current, askedAgain(current, body, now), envelope.traceparent) : {};
  },
};
