import { payment, type Message } from '@checkout/contracts';
import { maxMinor } from '@checkout/kernel';
import { InvalidMessage } from '@checkout/messaging';
import { authorize, type Payment } from '../domain/payment.ts';
import type { PaymentHandler } from './ports.ts';
import { answerOf, step } from './step.ts';

/**
 * Holds the money of every tender of one sale. The command is done once the intent is stored: the answer follows when the provider
 * has spoken, at once when there is only cash.
 */
export const authorizePayment: PaymentHandler<payment.AuthorizePayment> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const earlier = payments.get(body);
    if (earlier) return { messages: answerAgain(earlier) };
    assertAddsUp(body);
    return step(undefined, authorize(body, body.currency, body.tenders, now), envelope.traceparent);
  },
};

function answerAgain(earlier: Payment): Message[] {
  const { tenantId, storeId, saleId, totalMinor } = earlier;
  switch (earlier.state) {
    case 'authorized':
    case 'capturing':
    case 'captured':
    case 'refused':
      return [payment.PaymentAuthorized({ tenantId, storeId, saleId, totalMinor })];
    case 'voided':
      // Overtaken by its own compensation: barred for good, and said so, because a saga may be waiting for this very answer.
      return [payment.PaymentDeclined({ tenantId, storeId, saleId, position: 1, declineCode: 'voided' })];
    case 'authorizing':
    case 'declining':
    case 'declined':
    case 'voiding':
      return answerOf(earlier);
  }
}

/** Whoever priced the sale has checked this; money is not moved on trust, nor when nobody could be told of it afterwards. */
function assertAddsUp({ saleId, totalMinor, tenders }: payment.AuthorizePayment['body']): void {
  const paid = tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (paid !== totalMinor) throw new InvalidMessage('tender-mismatch', `The tenders of sale ${saleId} add up to ${paid}, its total is ${totalMinor}.`);
  const short = tenders.findIndex((tender) => tender.type === 'cash' && tender.tenderedMinor < tender.amountMinor);
  if (short >= 0) throw new InvalidMessage('cash-short', `Tender ${short + 1} of sale ${saleId} hands over less cash than it is to pay.`);
  const change = tenders.reduce((sum, tender) => (tender.type === 'cash' ? sum + tender.tenderedMinor - tender.amountMinor : sum), 0);
  if (change > maxMinor) throw new InvalidMessage('change-overflow', `The change of sale ${saleId} is more than an amount may be.`);
}
