import { paymentStates } from '../domain/payment.ts';
import { authorizedSale, card } from '../testing.ts';
import { answerOf, step } from './step.ts';

describe('a step of a payment', () => {
  const { payment } = authorizedSale(card(598));
  if (!payment) throw new Error('the sale has no payment');

  it('that changes nothing writes, says and asks nothing', () => {
    expect(step(payment, payment, undefined)).toEqual({});
  });

  it('answers in every state but those that wait for the provider', () => {
    const answers = paymentStates.map((state) => [state, answerOf({ ...payment, state }).map(({ type }) => type)]);
    expect(Object.fromEntries(answers)).toEqual({
      authorizing: [],
      authorized: ['payment.payment-authorized.v1'],
      declining: [],
      declined: ['payment.payment-declined.v1'],
      capturing: [],
      captured: ['payment.payment-captured.v1'],
      refused: ['payment.capture-refused.v1'],
      voiding: [],
      voided: ['payment.payment-voided.v1'],
    });
  });

  it('hands the trace on to what is asked', () => {
    const asked = { ...payment, version: 9, tenders: payment.tenders.map((tender) => ({ ...tender, state: 'pending' as const, operation: 'void' as const, round: 1, attempt: 1 })) };
    const { effects = [] } = step(payment, asked, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    expect(effects).toContainEqual(expect.objectContaining({ effect: 'ask', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }));
  });
});
