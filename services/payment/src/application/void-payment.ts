import type { payment } from '@checkout/contracts';
import { InvalidMessage } from '@checkout/messaging';
import { giveBack, tombstone } from '../domain/payment.ts';
import type { PaymentHandler } from './ports.ts';
import { answerOf, step } from './step.ts';

/** Gives the money of a sale back, whatever is known of it, and bars an authorization that comes late. */
export const voidPayment: PaymentHandler<payment.VoidPayment> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    switch (current?.state) {
      case undefined:
        return step(undefined, tombstone(body, now), envelope.traceparent);
      case 'authorizing':
      case 'authorized':
      case 'declining':
      case 'refused':
        return step(current, giveBack(current, now), envelope.traceparent);
      case 'declined':
        return { messages: answerOf({ ...current, state: 'voided' }) };
      case 'voiding':
      case 'voided':
        return { messages: answerOf(current) };
      case 'capturing':
      case 'captured':
        throw new InvalidMessage('void-after-capture', `The money of sale ${body.saleId} is being taken or has been; it can only be refunded.`);
    }
  },
};
