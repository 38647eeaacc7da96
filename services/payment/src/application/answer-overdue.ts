import { askedAgain } from '../domain/payment.ts';
import type { AnswerOverdue, PaymentHandler } from './ports.ts';
import { step } from './step.ts';

/** Asks the provider again about a tender of which nobody knows: the attempt is stored first, so that it can be told how often. */
export const answerOverdue: PaymentHandler<AnswerOverdue> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    if (!current) return {};
    const after = askedAgain(current, body, now);
    const hasGivenUp = current.state === 'authorizing' && after.state === 'declining';
    return step(current, after, envelope.traceparent, hasGivenUp ? [{ position: body.position, source: 'resolver', event: 'given-up', detail: `no answer to ${body.attempt} requests: barred by reference` }] : []);
  },
};
