import { payment } from '@checkout/contracts';
import { InvalidMessage } from '@checkout/messaging';
import { capture } from '../domain/payment.ts';
import type { PaymentHandler } from './ports.ts';
import { answerOf, step } from './step.ts';

/** Takes the money that was authorized: the pivot of the sale. */
export const capturePayment: PaymentHandler<payment.CapturePayment> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const current = payments.get(body);
    switch (current?.state) {
      case 'authorized':
        return step(current, capture(current, now), envelope.traceparent);
      case 'capturing':
      case 'captured':
      case 'refused':
        return { messages: answerOf(current) };
      case 'voiding':
      case 'voided':
      case 'declining':
      case 'declined': {
        const { tenantId, storeId, saleId } = current;
        return { messages: [payment.CaptureRefused({ tenantId, storeId, saleId, declineCode: 'voided' })] };
      }
      case 'authorizing':
      case undefined:
        throw new InvalidMessage('capture-before-authorization', `Sale ${body.saleId} has no authorized payment; whoever asks to capture it has not waited for PaymentAuthorized.`);
    }
  },
};
