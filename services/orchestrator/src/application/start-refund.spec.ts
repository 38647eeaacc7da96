import { aRefund } from '@checkout/contracts/testing';
import { aReturn, RefundDesk } from '../testing.ts';
import { StartRefund } from './start-refund.ts';

const { request, start } = aReturn();

describe('a request for a refund', () => {
  it('begins it: the money is asked for, its timer set, its time line opened', () => {
    const desk = new RefundDesk();
    const { messages, changes } = desk.handle(new StartRefund(), request);
    expect(messages).toMatchObject([{ type: 'payment.refund-payment.v1', body: { refundId: start.refundId, parts: start.parts } }]);
    expect(changes).toMatchObject([{ after: { refundId: start.refundId, start, version: 1, entryCount: 1, wakeAt: desk.now + 30_000 }, entries: [{ sequence: 1, event: 'started' }] }]);
  });

  it('begins once, however often it comes', () => {
    const desk = new RefundDesk();
    desk.handle(new StartRefund(), request);
    expect(desk.handle(new StartRefund(), request)).toEqual({});
  });

  it('is refused when its command has asked for another refund before', () => {
    const desk = new RefundDesk();
    desk.handle(new StartRefund(), request);
    expect(() => desk.handle(new StartRefund(), aRefund({ ...start, requestHash: 'B'.repeat(43) }))).toThrow(expect.objectContaining({ code: 'idempotency-key-reused' }));
  });

  it('is refused when its money is not that of its goods', () => {
    expect(() => new RefundDesk().handle(new StartRefund(), aRefund({ parts: [] }))).toThrow(expect.objectContaining({ code: 'tender-mismatch' }));
  });

  it('needs only its own refund', () => {
    expect(new StartRefund().needs(request)).toEqual([{ tenantId: start.tenantId, refundId: start.refundId }]);
  });
});
