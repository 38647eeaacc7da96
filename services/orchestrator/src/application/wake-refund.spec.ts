import { aReturn, RefundDesk } from '../testing.ts';
import { StartRefund } from './start-refund.ts';
import { refundTimerDue, WakeRefund } from './wake-refund.ts';

const { request, start } = aReturn();
const wake = new WakeRefund();
const due = refundTimerDue(start, { heard: {}, asksForAll: true });

describe('the timer of a refund', () => {
  it('asks payment again when no answer came', () => {
    const desk = new RefundDesk();
    desk.handle(new StartRefund(), request);
    desk.now += 30_000;
    expect(desk.handle(wake, due).messages).toMatchObject([{ type: 'payment.refund-payment.v1' }]);
  });

  it('uses up no patience while payment answers nobody', () => {
    const desk = new RefundDesk();
    desk.handle(new StartRefund(), request);
    desk.now += 30_000;
    expect(desk.handle(wake, due).changes).toMatchObject([{ after: { instance: { attempts: 1, unheard: 1 } } }]);
    desk.now += 60_000;
    expect(desk.handle(wake, refundTimerDue(start, { heard: { payment: desk.now - 1 }, asksForAll: true })).changes).toMatchObject([{ after: { instance: { attempts: 2, unheard: 1 } } }]);
  });

  it('means nothing before its time, or for a refund that is not there', () => {
    const desk = new RefundDesk();
    expect(desk.handle(wake, due)).toEqual({});
    desk.handle(new StartRefund(), request);
    expect(desk.handle(wake, due)).toEqual({});
  });
});
