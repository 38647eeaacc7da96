import { capturedPayment, done, noon, onCard, refundIdOf, sale } from '../testing.ts';
import { beginRefund, refundAnswered } from '../domain/refund.ts';
import { refundAnswerOf, refundStep } from './refund-step.ts';

const payment = capturedPayment();
const begun = beginRefund({ ...sale, refundId: refundIdOf('refund 1') }, 'GBP', [onCard(1, 200)], payment, [], noon);

describe('a step of a refund', () => {
  it('is written under a new version of its payment, so that of two at once one must look again', () => {
    expect(refundStep(payment, undefined, begun, undefined).changes).toMatchObject([{ payment: { version: payment.version + 1, state: 'captured' }, ledger: [] }, { refund: begun, isNew: true }]);
  });

  it('that changes nothing leads to nothing', () => {
    expect(refundStep(payment, begun, begun, undefined)).toEqual({});
  });

  it('reports what state it has come to', () => {
    const over = refundAnswered(begun, 1, 1, done(), noon);
    expect(refundStep(payment, begun, over, undefined).effects).toEqual([{ effect: 'report', sale, happened: { refund: 'refunded' } }]);
    expect(refundAnswerOf(begun)).toEqual([]);
  });
});
