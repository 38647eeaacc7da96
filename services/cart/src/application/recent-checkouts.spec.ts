import { aCheckout, acme, aHash, newCommandId } from '../testing.ts';
import { RecentCheckouts } from './recent-checkouts.ts';

const sending = (bodyHash = aHash('asked'), commandId = newCommandId()) => ({ ...aCheckout({ commandId }), bodyHash });

describe('checkouts of late', () => {
  it('are kept as they last became durable', () => {
    const recent = new RecentCheckouts();
    const accepted = aCheckout();
    const ended = { ...accepted, ending: { state: 'completed', receiptNumber: 'S-1', changeMinor: 0, endedAt: 1 } as const, version: 2 };
    recent.keep(accepted);
    recent.keep(ended);
    expect(recent.of(acme, accepted.commandId)).toBe(ended);
  });

  it('are forgotten when they are many, the oldest first', () => {
    const recent = new RecentCheckouts();
    const all = Array.from({ length: 10_001 }, () => aCheckout());
    for (const each of all) recent.keep(each);
    expect([all[0], all[1], all.at(-1)].map((each) => each && recent.of(acme, each.commandId) !== undefined)).toEqual([false, true, true]);
  });

  it('are not kept when they were not sent, and can be sent again', async () => {
    const recent = new RecentCheckouts();
    const checkout = sending();
    await expect(recent.once(checkout, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(recent.of(acme, checkout.commandId)).toBeUndefined();
    expect(await recent.once(checkout, () => Promise.resolve())).toEqual({ checkout, isFirst: true });
  });

  it('share one send, unless they ask for different things', async () => {
    const recent = new RecentCheckouts();
    const checkout = sending();
    const { promise, resolve } = Promise.withResolvers<void>();
    const [first, second, other] = [recent.once(checkout, () => promise), recent.once(checkout, () => promise), recent.once(sending(aHash('other'), checkout.commandId), () => promise)];
    expect(await other).toBeUndefined();
    resolve();
    expect([(await first)?.isFirst, (await second)?.isFirst]).toEqual([true, false]);
  });

  it('stay in doubt until one is durable', () => {
    const recent = new RecentCheckouts();
    const checkout = aCheckout();
    recent.doubt(acme, checkout.commandId);
    expect(recent.isInDoubt(acme, checkout.commandId)).toBe(true);
    recent.keep(checkout);
    expect(recent.isInDoubt(acme, checkout.commandId)).toBe(false);
  });
});
