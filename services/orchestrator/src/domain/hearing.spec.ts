import { partitionOf, seconds } from '@checkout/kernel';
import { standsBy, timedOut, unheard } from '@checkout/saga';
import { ContinueCheckout, type Reply } from '../application/continue-checkout.ts';
import { StartCheckout } from '../application/start-checkout.ts';
import { timerDue, WakeCheckout } from '../application/wake-checkout.ts';
import { aSale, Desk } from '../testing.ts';
import { checkout } from './checkout.saga.ts';
import { hearingOf, silenceOf } from './hearing.ts';

const sale = aSale();
const partition = partitionOf(sale.start.tenantId, sale.start.storeId);

function given(...replies: readonly Reply[]) {
  const desk = new Desk();
  desk.handle(new StartCheckout(), sale.request);
  const reply = (message: Reply) => {
    const [change] = desk.handle(new ContinueCheckout(), message).changes ?? [];
    return change && hearingOf(checkout, change);
  };
  for (const message of replies) reply(message);
  const run = () => {
    const found = desk.find(sale.start.tenantId, sale.start.saleId);
    if (!found) throw new Error('it has begun');
    return found;
  };
  return { desk, reply, run };
}

describe('what an answer shows', () => {
  it('is that its participant has come to what it was asked then', () => {
    const { desk, reply } = given();
    const askedAt = desk.now;
    desk.now += 400;
    expect(reply(sale.reserved)).toEqual({ participant: 'inventory', partition, askedAt, answeredAt: desk.now });
    expect(reply(sale.declined)).toEqual({ participant: 'payment', partition, askedAt: askedAt + 400, answeredAt: desk.now });
    desk.now += 50;
    expect(reply(sale.released)).toEqual({ participant: 'inventory', partition, askedAt: askedAt + 400, answeredAt: desk.now });
  });

  it.each([['asked again', true], ['stood by', false]])('is that its participant has come to the first request, when the sale has %s since', (_what, asksForAll) => {
    const { desk, reply } = given();
    const askedAt = desk.now;
    for (const wait of [5, 10, 20]) {
      desk.now += seconds(wait);
      desk.handle(new WakeCheckout(), timerDue(sale.start, { heard: {}, asksForAll }));
    }
    desk.now += 700;
    expect(reply(sale.reserved)).toEqual({ participant: 'inventory', partition, askedAt, answeredAt: desk.now });
  });

  it('is nothing when it comes twice, or after another that has set the timer anew', () => {
    const { desk, reply } = given(sale.reserved, sale.authorized, sale.captured);
    desk.now += seconds(2);
    expect(reply(sale.captured)).toBeUndefined();
    expect(reply(sale.issued)).toMatchObject({ participant: 'receipt' });
    expect(reply(sale.committed)).toBeUndefined();
  });
});

describe('a silence', () => {
  it('is the participant’s about this sale, when it has answered what was asked later', () => {
    const { desk, run } = given(sale.reserved);
    expect(silenceOf(checkout, run(), { heard: { payment: desk.now + 1 }, asksForAll: true })).toBe(timedOut);
  });

  it('is the participant’s about everything, when it has not', () => {
    const { desk, run } = given(sale.reserved);
    expect(silenceOf(checkout, run(), { heard: {}, asksForAll: true })).toBe(unheard);
    expect(silenceOf(checkout, run(), { heard: { payment: desk.now }, asksForAll: true })).toBe(unheard);
    expect(silenceOf(checkout, run(), { heard: { inventory: desk.now + seconds(60) }, asksForAll: true })).toBe(unheard);
  });

  it('is left to others to end, when they are to ask for all; not when it is about this sale', () => {
    const { desk, run } = given(sale.reserved);
    expect(silenceOf(checkout, run(), { heard: {}, asksForAll: false })).toBe(standsBy);
    expect(silenceOf(checkout, run(), { heard: { payment: desk.now + 1 }, asksForAll: false })).toBe(timedOut);
  });

  it('is measured from the latest request: to that, too, no answer may have been possible', () => {
    const { desk, run } = given(sale.reserved);
    const heard = { payment: desk.now + seconds(1) };
    desk.now += seconds(31);
    desk.handle(new WakeCheckout(), timerDue(sale.start, { heard, asksForAll: true }));
    expect(silenceOf(checkout, run(), { heard, asksForAll: true })).toBe(unheard);
    expect(silenceOf(checkout, run(), { heard: { payment: desk.now + 1 }, asksForAll: true })).toBe(timedOut);
  });

  it('after the payment is about this sale as soon as one of those who are asked has answered later', () => {
    const { desk, run } = given(sale.reserved, sale.authorized, sale.captured);
    expect(silenceOf(checkout, run(), { heard: { inventory: desk.now + 1 }, asksForAll: true })).toBe(timedOut);
    desk.handle(new ContinueCheckout(), sale.committed);
    expect(silenceOf(checkout, run(), { heard: { inventory: desk.now + 1 }, asksForAll: true })).toBe(unheard);
  });
});
