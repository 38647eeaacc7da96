import { payment } from '@checkout/contracts';
import type { RefundNotice } from '../domain/notice.ts';
import { capturedSale, contradiction, declined, done, inCash, onCard, refundIdOf, sale, silence } from '../testing.ts';

const refundId = refundIdOf('refund 1');
const of = { ...sale, refundId };
const notice = (more: Partial<RefundNotice> = {}): RefundNotice => ({ refundId, status: 'refunded', declineCode: undefined, amountMinor: 200, currency: 'GBP', position: 1, ...more });
const refunded = payment.PaymentRefunded({ ...of, totalMinor: 200, parts: [onCard(1, 200)] });
const doubtful = () => capturedSale().refund('refund 1', onCard(1, 200)).answerRefund('refund 1', 1, silence);

describe('an answer about a refund', () => {
  it('that does not come leaves it unknown, tells operators, and says nothing to the till yet', () => {
    const till = doubtful();
    expect(till.refundOf('refund 1')).toMatchObject({ state: 'refunding', parts: [{ state: 'unknown' }] });
    expect(till.takeMessages()).toEqual([]);
    expect(till.alarms).toMatchObject([{ type: 'operations.outcome-unknown.v1', body: { subject: `${refundId}:1` } }]);
    expect(till.trail).toEqual([`1 provider in-doubt: refund ${refundId}: refund, request 1: time-out`]);
  });

  it('that comes at last ends it, and the doubt', () => {
    const till = doubtful().overdueRefund('refund 1', 1).answerRefund('refund 1', 1, done());
    expect(till.takeMessages()).toEqual([refunded]);
    expect(till.alarms.at(-1)).toMatchObject({ type: 'operations.outcome-resolved.v1', body: { outcome: 'done' } });
  });

  it('that declines one card when the other has its part already makes it cash, and says so', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200), onCard(2, 100)).answerRefund('refund 1', 2, done()).answerRefund('refund 1', 1, declined());
    expect(till.takeMessages()).toEqual([payment.PaymentRefunded({ ...of, totalMinor: 300, parts: [inCash(1, 200), onCard(2, 100)] })]);
  });

  it('that cannot be is for a person, and whoever waits is told why', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200)).answerRefund('refund 1', 1, contradiction);
    expect(till.takeMessages()).toEqual([payment.RefundStalled({ ...of, reason: 'provider-contradiction' })]);
    expect(till.alarms).toContainEqual(expect.objectContaining({ type: 'operations.attention-needed.v1', body: expect.objectContaining({ reason: 'provider-contradiction', detail: `refund ${refundId}` }) as unknown }));
    expect(till.resolve(1, { kind: 'done' }, refundId)).toBe('resolved');
    expect(till.takeMessages()).toEqual([refunded]);
    expect(till.resolve(1, { kind: 'done' }, refundId)).toBe('nothing-to-resolve');
    expect(till.resolve(1, { kind: 'done' }, refundIdOf('another'))).toBe('not-found');
  });

  it('may come by webhook, once', () => {
    const till = doubtful();
    expect(till.told(notice())).toBe('applied');
    expect(till.takeMessages()).toEqual([refunded]);
    till.told(notice(), 'evt_2');
    till.answerRefund('refund 1', 1, silence);
    expect(till.takeMessages()).toEqual([]);
  });

  it('by webhook may say no, or another amount, which is for a person', () => {
    expect(doubtful().told(notice({ status: 'declined', declineCode: 'account_closed' }))).toBe('applied');
    const till = doubtful();
    till.told(notice({ amountMinor: 999 }));
    expect(till.refundOf('refund 1')).toMatchObject({ state: 'refunding', attention: 'provider-contradiction' });
  });

  it('by webhook about a refund that is not here yet is kept until it is', () => {
    const till = capturedSale();
    expect(till.told(notice())).toBe('parked');
    till.refund('refund 1', onCard(1, 200));
    till.lookAgain();
    expect(till.takeMessages()).toEqual([refunded]);
  });
});
