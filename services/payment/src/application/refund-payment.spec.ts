import { payment } from '@checkout/contracts';
import { capturedSale, declined, done, inCash, onCard, refundCommand, refundIdOf, sale, shop } from '../testing.ts';
import { refundPayment } from './refund-payment.ts';

const of = { ...sale, refundId: refundIdOf('refund 1') };

describe('giving money back', () => {
  it('asks the provider under a key and a reference of the refund, and answers when it has spoken', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200), inCash(3, 50));
    expect(till.takeMessages()).toEqual([]);
    expect(till.refundAsks).toMatchObject([{ position: 1, question: {
      operation: 'refund', providerId: 'auth_1', amountMinor: 200, currency: 'GBP', refundReference: `${of.refundId}:1`, idempotencyKey: `${of.refundId}:1:refund`, reference: `${sale.saleId}:1`, looksFirst: false, mayRepeat: true,
    } }]);
    till.answerRefund('refund 1', 1, done('ref_1'));
    expect(till.takeMessages()).toEqual([payment.PaymentRefunded({ ...of, totalMinor: 250, parts: [onCard(1, 200), inCash(3, 50)] })]);
  });

  it('in cash needs nobody', () => {
    const till = capturedSale().refund('refund 1', inCash(1, 100));
    expect(till.refundAsks).toEqual([]);
    expect(till.takeMessages()).toEqual([payment.PaymentRefunded({ ...of, totalMinor: 100, parts: [inCash(1, 100)] })]);
  });

  it('asked for again gets the same answer again, and the money goes back once', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200)).refund('refund 1', onCard(1, 200)).answerRefund('refund 1', 1, done()).refund('refund 1', onCard(1, 200));
    expect(till.refundAsks).toHaveLength(1);
    expect(till.takeMessages()).toEqual(Array.from({ length: 2 }, () => payment.PaymentRefunded({ ...of, totalMinor: 200, parts: [onCard(1, 200)] })));
  });

  it('that the card does not take is declined, and may be tried in another way', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 500)).answerRefund('refund 1', 1, declined('account_closed'));
    expect(till.takeMessages()).toEqual([payment.RefundDeclined({ ...of, position: 1, declineCode: 'account_closed' })]);
    till.refund('refund 2', inCash(1, 500));
    expect(till.takeMessages()).toMatchObject([{ type: 'payment.payment-refunded.v1' }]);
  });

  it('takes no more of a tender than is left, though two ask at once: the first has set its share aside', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 400)).refund('refund 2', onCard(1, 101)).refund('refund 3', onCard(1, 100));
    expect(till.takeMessages()).toEqual([payment.RefundDeclined({ ...of, refundId: refundIdOf('refund 2'), position: 1, declineCode: 'exceeds-captured' })]);
    expect(till.refundAsks.map(({ refundId }) => refundId)).toEqual([of.refundId, refundIdOf('refund 3')]);
  });

  it('of a sale that is not captured, or not known, is declined', () => {
    expect(shop().refund('refund 1', onCard(1, 100)).takeMessages()).toEqual([payment.RefundDeclined({ ...of, position: 1, declineCode: 'not-captured' })]);
  });

  it('whose parts do not add up, or name a tender twice, is dead-lettered', () => {
    const payments = capturedSale().payments;
    const decide = (message: payment.RefundPayment) => () => refundPayment.decide(payments, { message, envelope: { id: '1', source: '/', type: message.type, time: '', tenantId: sale.tenantId }, now: 0 });
    const sound = refundCommand('refund 1', onCard(1, 100), onCard(1, 50));
    expect(decide(sound)).toThrow(expect.objectContaining({ code: 'tender-repeated' }));
    expect(decide({ ...sound, body: { ...sound.body, totalMinor: 149 } })).toThrow(expect.objectContaining({ code: 'tender-mismatch' }));
  });

  it('needs the payment and every refund of the sale', () => {
    expect(refundPayment.needs(refundCommand('refund 1', onCard(1, 100)))).toEqual([{ tenantId: sale.tenantId, saleId: sale.saleId, withRefunds: true }]);
  });
});
