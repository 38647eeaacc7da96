import { setTimeout as wait } from 'node:timers/promises';
import type { Checkout } from '../domain/checkout.ts';
import { aCheckout, noon } from '../testing.ts';
import { CheckoutWatch } from './checkout-watch.ts';

const accepted = aCheckout();
const ended: Checkout = { ...accepted, ending: { state: 'completed', receiptNumber: 'S-1', changeMinor: 0, endedAt: noon } };
const watchOver = (endedAmong: (asked: readonly unknown[]) => Promise<readonly Checkout[]> = () => Promise.resolve([])) => {
  const failures: unknown[] = [];
  return { watch: new CheckoutWatch({ checkouts: { endedAmong }, onPollFailed: (error) => failures.push(error), pollMs: 5 }), failures };
};

describe('waiting for the end of a checkout', () => {
  it('is told at once what this process committed, to all who wait', async () => {
    const { watch } = watchOver();
    const waiting = [watch.untilEnd(accepted, 5_000), watch.untilEnd(accepted, 5_000)];
    watch.ended(ended);
    expect(await Promise.all(waiting)).toEqual([ended, ended]);
  });

  it('finds what another instance committed', async () => {
    const { watch } = watchOver(() => Promise.resolve([ended]));
    expect(await watch.untilEnd(accepted, 5_000)).toEqual(ended);
  });

  it('gives up after its limit', async () => {
    const { watch } = watchOver();
    expect(await watch.untilEnd(accepted, 10)).toBeUndefined();
  });

  it('stops when the one who waits has gone', async () => {
    const { watch } = watchOver();
    const gone = new AbortController();
    const waiting = watch.untilEnd(accepted, 5_000, gone.signal);
    gone.abort();
    expect(await waiting).toBeUndefined();
  });

  it('goes on waiting when the table cannot be asked', async () => {
    let polls = 0;
    const { watch, failures } = watchOver(() => ((polls += 1) < 3 ? Promise.reject(new Error('down')) : Promise.resolve([ended])));
    expect(await watch.untilEnd(accepted, 5_000)).toEqual(ended);
    expect(failures).toHaveLength(2);
  });

  it('asks nothing while nobody waits', async () => {
    let polls = 0;
    const { watch } = watchOver(() => {
      polls += 1;
      return Promise.resolve([]);
    });
    await watch.untilEnd(accepted, 12);
    await wait(10);
    const asked = polls;
    await wait(30);
    expect(polls).toBe(asked);
  });

  it('lets everybody go when the process ends', async () => {
    const { watch } = watchOver();
    const waiting = watch.untilEnd(accepted, 5_000);
    watch.close();
    expect(await waiting).toBeUndefined();
    expect(await watch.untilEnd(accepted, 5_000)).toBeUndefined();
  });
});
