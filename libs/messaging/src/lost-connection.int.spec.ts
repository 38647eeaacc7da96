import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, Shop, storeIds, Town } from './testing/shop.ts';

let town: Town;
let shop: Shop;
beforeEach(async () => {
  // Short, because the stand-in keeps the lock of a session whose link it detached.
  town = await Town.open({ lockDuration: 'PT1S' });
  shop = new Shop(town);
});
afterEach(async () => {
  await shop.close();
  await town[Symbol.asyncDispose]();
});

describe('a lost connection', () => {
  it.each([['dropped', { dropConnections: true }], ['detached', { detachLinks: '*' }]])('(%s) does not keep any partition from being consumed', async (_how, fault) => {
    // given
    await shop.open();
    await town.sell(storeIds);
    await eventually(async () => expect(await town.sold()).toBe(8));

    // when
    town.serviceBus.applyFaults(fault);
    await sleep(50);
    await eventually(() => town.sell(storeIds));

    // then
    await eventually(async () => expect(await town.sold()).toBeGreaterThanOrEqual(16), 12_000);
  });

  it('while settlements are under way holds up neither the partition nor the end', async () => {
    // given
    await town.sell(storeIds);
    town.serviceBus.applyFaults({ settlementDelayMs: 120_000 });
    await shop.open();
    await eventually(async () => expect(await town.sold()).toBe(8));

    // when
    town.serviceBus.applyFaults({ dropConnections: true, settlementDelayMs: 0 });
    await sleep(50);
    await eventually(() => town.sell(storeIds));

    // then
    await eventually(async () => expect(await town.sold()).toBeGreaterThanOrEqual(16), 15_000);
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0 }));
    const startedAt = performance.now();
    await shop.close();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('while partitions are being taken leaves none of them waiting for what the SDK does not end', async () => {
    // given
    await town.sell(storeIds);
    await shop.open();

    // when
    await sleep(10);
    town.serviceBus.applyFaults({ dropConnections: true });

    // then: the SDK itself needs up to 10 s, and a minute for calls that were under way; a new client needs neither
    await eventually(async () => expect(await town.sold()).toBe(8), 12_000);
  });
});
