import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@checkout/kernel';
import { card, products, serviceNames, totalOf, type ServiceName } from '@checkout/local-network';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.create({}, { hasFaults: true });
}, 90_000);
afterAll(() => world?.close());

const databases = async (rules: readonly object[]): Promise<void> => {
  const { status } = await fetch(`http://127.0.0.1:${world.network.ports.sqlAdmin}/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rules) });
  expect(status).toBeLessThan(300);
};
const failsOver = () => databases([{ match: '.', database: 'cart', action: 40613, times: 1_000_000 }]);
const everyDatabaseFailsOver = () => databases([{ match: '.', action: 40613, times: 1_000_000 }, { match: 'login', action: 40613, times: 1_000_000 }]);

/** Until its breaker says what is the matter; it is ready all the while. Who has no sale to work on meets it when it next sweeps its outbox. */
async function foundOut(service: ServiceName): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; ; await sleep(200)) {
    const ready = await fetch(`${world.network.url(service)}/health/ready`);
    expect([service, ready.status]).toEqual([service, 200]);
    const { checks } = (await ready.json()) as { checks: { breakers: { detail: readonly { kind?: string }[] } } };
    if (checks.breakers.detail.some(({ kind }) => kind === 'failover')) return;
    if (Date.now() > giveUpAt) throw new Error(`${service} has not found out that its database is away`);
  }
}

const lines = [{ sku: products[0]?.sku ?? '', quantity: 1 }];
const offer = () => ({ lines, currency: 'GBP', totalMinor: totalOf(lines), tenders: [card(totalOf(lines))] });

describe('while the database of cart fails over', () => {
  it('Q16 shops sell on: sales are accepted over the bus, paid, receipted, told of, and known to cart when it is back', async () => {
    // given
    const before = uuidv7();
    expect((await world.till.checkout(offer(), { commandId: before, waitSeconds: 20 })).status).toBe(200);
    await world.copyOfCatalogue();

    // when
    await failsOver();
    const during = Array.from({ length: 20 }, () => uuidv7());
    const answers = await Promise.all(during.map((commandId) => world.till.checkout(offer(), { commandId, waitSeconds: 0 })));
    const waited = await world.till.checkout(offer(), { commandId: uuidv7(), waitSeconds: 20 });

    // then
    expect(answers.map(({ status, body }) => `${status} ${String(body.acceptedVia)}`)).toEqual(during.map(() => '202 bus'));
    expect(waited).toMatchObject({ status: 200, body: { state: 'completed', moneyMoved: 'yes', acceptedVia: 'bus', pricedFrom: { snapshotAt: expect.any(String) as string } } });
    expect((await world.till.status(waited.body.checkoutId)).body).toMatchObject({ state: 'completed', receiptNumber: waited.body.receiptNumber });

    // when it is back
    await databases([]);
    const endings = await world.ended([before, ...during, waited.body.checkoutId], 90_000);

    // then
    expect([...endings.values()].map(({ state }) => state)).toEqual(Array.from({ length: 22 }, () => 'completed'));
    const again = await world.till.checkout(offer(), { commandId: waited.body.checkoutId, waitSeconds: 20 });
    expect(again).toMatchObject({ status: 200, body: { receiptNumber: waited.body.receiptNumber, acceptedVia: 'bus' } });
    await world.expectBalance(endings.values());
  }, 180_000);
});

describe('while the whole server of databases fails over', () => {
  it('Q33 shops sell on: each service finds it out for itself and stays ready, and when it is back every sale ends and everything balances', async () => {
    // given
    const before = uuidv7();
    expect((await world.till.checkout(offer(), { commandId: before, waitSeconds: 20 })).status).toBe(200);
    await world.copyOfCatalogue();

    // when
    await everyDatabaseFailsOver();
    const during = Array.from({ length: 20 }, () => uuidv7());
    const answers = await Promise.all(during.map((commandId) => world.till.checkout(offer(), { commandId, waitSeconds: 0 })));

    // then
    expect(answers.map(({ status, body }) => `${status} ${String(body.acceptedVia)}`)).toEqual(during.map(() => '202 bus'));
    for (const service of serviceNames) await foundOut(service);

    // when it is back
    await databases([]);
    const endings = await world.ended([before, ...during], 90_000);

    // then
    expect([...endings.values()].map(({ state }) => state)).toEqual(Array.from({ length: 21 }, () => 'completed'));
    await world.expectBalance(endings.values());
  }, 180_000);
});
