import { payment } from '@checkout/contracts';
import type { StoreId } from '@checkout/kernel';
import { aReturn, RefundDesk } from '../testing.ts';
import { ContinueRefund } from './continue-refund.ts';
import { StartRefund } from './start-refund.ts';

const { request, start, refunded, declined, returned, noted, stalled } = aReturn();
const begun = (): RefundDesk => {
  const desk = new RefundDesk();
  desk.handle(new StartRefund(), request);
  return desk;
};
const onward = new ContinueRefund();

describe('a reply about a refund', () => {
  it('takes it on, to its end, and forgets then what began it', () => {
    const desk = begun();
    const sent = [refunded, returned, noted].flatMap((reply) => desk.handle(onward, reply).messages ?? []);
    expect(sent.map(({ type }) => type)).toEqual(['inventory.return-stock.v1', 'receipt.issue-credit-note.v1', 'refund.refund-completed.v1']);
    expect(desk.findRefund(start.tenantId, start.refundId)?.start).toBeUndefined();
  });

  it('that comes twice, or after the end, changes nothing', () => {
    const desk = begun();
    desk.handle(onward, declined);
    for (const reply of [declined, refunded, noted]) expect(desk.handle(onward, reply)).toEqual({});
  });

  it('tells the desk when a person has to look, and when nobody has to any more', () => {
    const desk = begun();
    expect(desk.handle(onward, stalled).messages).toMatchObject([{ type: 'operations.attention-needed.v1', body: { reason: 'payment: unresolved', detail: `refund ${start.refundId}` } }]);
    expect(desk.handle(onward, refunded).messages?.at(-1)?.type).toBe('operations.attention-ended.v1');
  });

  it('about a refund that never began is dead-lettered', () => {
    expect(() => new RefundDesk().handle(onward, refunded)).toThrow(expect.objectContaining({ code: 'unknown-saga' }));
  });

  it('of another store is dead-lettered', () => {
    const foreign = payment.PaymentRefunded({ ...refunded.body, storeId: 'YORK-02' as StoreId });
    expect(() => begun().handle(onward, foreign)).toThrow(expect.objectContaining({ code: 'store-mismatch' }));
  });
});
