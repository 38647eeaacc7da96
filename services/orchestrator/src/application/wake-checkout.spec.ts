import { inventory } from '@checkout/contracts';
import { seconds } from '@checkout/kernel';
import { aSale, Desk } from '../testing.ts';
import { ContinueCheckout } from './continue-checkout.ts';
import { StartCheckout } from './start-checkout.ts';
import { timerDue, WakeCheckout } from './wake-checkout.ts';

const { request, start, reserved, short } = aSale();
const due = timerDue(start, { heard: {}, asksForAll: true });
const begun = (): Desk => {
  const desk = new Desk();
  desk.handle(new StartCheckout(), request);
  return desk;
};

describe('a timer', () => {
  it('that is due asks again and is set anew, for twice the time', () => {
    const desk = begun();
    desk.now += seconds(5);
    const { messages, changes } = desk.handle(new WakeCheckout(), due);
    expect(messages?.map(({ type }) => type)).toEqual([inventory.ReserveStock.type]);
    expect(changes).toMatchObject([{ after: { wakeAt: desk.now + seconds(10), instance: { attempts: 1, unheard: 1 } }, entries: [{ sequence: 2, event: 'asked-again', step: 'reserve stock' }] }]);
  });

  it('that is due asks nobody when others do so for all, and is set anew all the same', () => {
    const desk = begun();
    desk.now += seconds(5);
    const { messages, changes } = desk.handle(new WakeCheckout(), timerDue(start, { heard: {}, asksForAll: false }));
    expect(messages).toEqual([]);
    expect(changes).toMatchObject([{ after: { wakeAt: desk.now + seconds(10), instance: { attempts: 1, unheard: 1 } }, entries: [] }]);
  });

  it('is about this sale when inventory has answered what was asked later', () => {
    const desk = begun();
    desk.now += seconds(5);
    const { changes } = desk.handle(new WakeCheckout(), timerDue(start, { heard: { inventory: desk.now - 1 }, asksForAll: true }));
    expect(changes).toMatchObject([{ after: { wakeAt: desk.now + seconds(10), instance: { attempts: 2 } } }]);
  });

  it('means nothing when the reply has come while it was looked for', () => {
    const desk = begun();
    desk.now += seconds(5);
    desk.handle(new ContinueCheckout(), reserved);
    expect(desk.handle(new WakeCheckout(), due)).toEqual({});
  });

  it('means nothing the second time that it is found', () => {
    const desk = begun();
    desk.now += seconds(5);
    desk.handle(new WakeCheckout(), due);
    expect(desk.handle(new WakeCheckout(), due)).toEqual({});
  });

  it('means nothing after the end, nor for a sale that is not there', () => {
    const desk = begun();
    desk.handle(new ContinueCheckout(), short);
    desk.now += seconds(60);
    expect(desk.handle(new WakeCheckout(), due)).toEqual({});
    expect(new Desk().handle(new WakeCheckout(), due)).toEqual({});
  });
});
