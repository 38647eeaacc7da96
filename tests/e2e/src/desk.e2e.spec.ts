import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@checkout/kernel';
import { card, Caller, products, totalOf } from '@checkout/local-network';
import { corrupt, deadLettersOf, Desk, emptied, putBack, saleIdOfCommand, sendStraight, type Group } from './desk-world.ts';
import { World } from './world.ts';

/** A till straight on the bus; rows that nobody can read in three databases; and a contract of tomorrow. */
const faults = 5;
const each = 3;
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);

let world: World;
let desk: Desk;
beforeAll(async () => {
  process.stderr.write(`desk tests: SEED=${seed}\n`);
  world = await World.create();
  desk = await Desk.open(world.network);
}, 120_000);
afterAll(() => world?.close());

const commands = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
const texts = (commandIds: readonly string[]): string => commandIds.map((commandId) => `'${saleIdOfCommand(commandId)}'`).join(', ');

async function sell(commandIds: readonly string[]): Promise<void> {
  for (const [index, commandId] of commandIds.entries()) {
    const lines = [{ sku: products[(seed + index * 7) % 60]?.sku ?? 'TEA-01', quantity: 1 }];
    const totalMinor = totalOf(lines);
    const { status, body } = await world.till.checkout({ lines, currency: 'GBP', totalMinor, tenders: [card(totalMinor)] }, { commandId, waitSeconds: 0 });
    if (status >= 300) throw new Error(`a sale was refused: ${JSON.stringify(body)}`);
  }
}

const insert = (table: string, columns: string, commandIds: readonly string[], values: (saleId: string, index: number) => string): string =>
  `INSERT INTO ${table} (tenant_id, sale_id, ${columns}) VALUES ${commandIds.map((commandId, index) => `('brightside', '${saleIdOfCommand(commandId)}', ${values(saleIdOfCommand(commandId), index)})`).join(', ')};`;

/** The groups, once there is nothing new for a while. */
async function groupsAtRest(enough: (groups: readonly Group[]) => boolean, limitMs: number): Promise<readonly Group[]> {
  let last: readonly Group[] = [];
  for (const giveUpAt = Date.now() + limitMs; Date.now() < giveUpAt; await sleep(500)) {
    last = await desk.groups();
    if (enough(last)) return last;
  }
  throw new Error(`Not the groups that were expected: ${JSON.stringify(last, null, 1)}\n${world.lastLines()}`);
}

const named = (groups: readonly Group[], subscription: string, reason: string): Group => {
  const found = groups.find((group) => group.subscription === subscription && group.facts.reason === reason);
  if (!found) throw new Error(`There is no group ${subscription} ${reason}: ${JSON.stringify(groups)}`);
  return found;
};

describe('the dead-letter desk', () => {
  it('finds one group for each of five causes, and puts every message back so that each sale ends once', async () => {
    const [inInventory, inPayment, inReceipt, withNote, ofTomorrow, around] = [commands(each), commands(each), commands(each), commands(each), commands(2), commands(40)];
    const { network } = world;
    await corrupt(network, 'inventory', insert('reservation', 'store_id, state, lines, shortages, expires_at, version', inInventory, () => `'LEEDS-01', 'held', N'no JSON', NULL, '2099-01-01T00:00:00', 1`));
    await corrupt(network, 'payment', insert('payment', 'store_id, currency, total_minor, state, version, created_at, updated_at', inPayment, () => `'no store!', 'GBP', 1, 'authorized', 1, '2026-01-01T00:00:00', '2026-01-01T00:00:00'`));
    await corrupt(network, 'receipt', insert('receipt', 'store_id, series, number, command_id, till_id, issued_at, document', inReceipt, (saleId, index) => `'YORK-02', 'Z', ${index + 1}, '${saleId}', 'YORK-02-T1', '2026-01-01T00:00:00', N'no JSON'`));

    await Promise.all([
      sell(around), sell([...inInventory, ...inPayment, ...inReceipt]),
      sendStraight(network, withNote, (body) => ({ body: { ...body, note: 'an old till' } })),
      sendStraight(network, ofTomorrow, (body) => ({ body, type: 'checkout.checkout-requested.v9' })),
    ]);
    await world.ended(around, 90_000);
    const groups = await groupsAtRest((found) => found.length >= faults && found.every(({ waiting, type }) => waiting >= (type.endsWith('.v9') ? 2 : each)), 240_000);

    expect(groups.map(({ subscription, type, facts: { reason, step, dependency } }) => [subscription, type, reason, step, dependency ?? '-'].join(' ')).toSorted()).toEqual([
      'inventory inventory.reserve-stock.v1 MaxDeliveryCountExceeded inventory.reserve-stock.v1 inventory/work',
      'orchestrator checkout.checkout-requested.v1 body-invalid checkout.checkout-requested.v1 -',
      'orchestrator checkout.checkout-requested.v9 type-unknown checkout.checkout-requested.v9 -',
      'payment payment.authorize-payment.v1 MaxDeliveryCountExceeded payment.authorize-payment.v1 payment/work',
      'receipt receipt.issue-receipt.v1 MaxDeliveryCountExceeded receipt.issue-receipt.v1 receipt/work',
    ]);
    expect(await desk.metrics()).toMatch(/dead_letters_waiting\{topic="payment-commands",subscription="payment",reason="MaxDeliveryCountExceeded",age="up to 1 h"\} \d/);

    const copies = await deadLettersOf(network, ['inventory', 'payment', 'receipt']);
    expect(copies.length).toBeGreaterThanOrEqual(3 * each);

    // Not mended yet: the ramp finds out with its first message.
    const invalid = named(groups, 'orchestrator', 'body-invalid');
    const tooEarly = await desk.replay(invalid);
    await desk.start(tooEarly);
    const stopped = await desk.ended(tooEarly);
    expect(stopped).toMatchObject({ state: 'stopped', because: expect.stringContaining('failed again') as string });
    expect(each - (stopped.items?.['planned'] ?? 0)).toBeLessThanOrEqual(2);
    expect((await desk.groups()).map(({ signature }) => signature).toSorted()).toEqual(groups.map(({ signature }) => signature).toSorted());
    await expect(desk.replay(invalid)).rejects.toMatchObject({ code: 'another-plan' });
    await desk.cancel(tooEarly);

    // While the database is known to be out, nothing is begun.
    const [sre, ofInventory] = [await Caller.signIn(network, 'platform-sre'), await desk.replay(named(groups, 'inventory', 'MaxDeliveryCountExceeded'))];
    const hold = (mode: 'open' | 'auto') => sre.call('PUT', `${network.url('inventory')}/v1/operations/breakers/inventory/work/override`, { mode, reason: 'a drill' });
    expect((await hold('open')).status).toBe(200);
    await eventually(async () => expect((await desk.show(ofInventory)).heldBackBy).toContain('inventory/work'));
    await expect(desk.start(ofInventory)).rejects.toMatchObject({ code: 'breaker-open' });
    expect((await hold('auto')).status).toBe(200);

    await corrupt(network, 'inventory', `DELETE FROM reservation WHERE sale_id IN (${texts(inInventory)}) AND state = 'held' AND lines = N'no JSON';`);
    await corrupt(network, 'payment', `DELETE FROM payment WHERE sale_id IN (${texts(inPayment)}) AND store_id = 'no store!';`);
    await corrupt(network, 'receipt', `DELETE FROM receipt WHERE sale_id IN (${texts(inReceipt)}) AND series = 'Z';`);

    await eventually(async () => expect(await desk.show(ofInventory)).not.toHaveProperty('heldBackBy'));
    await desk.start(ofInventory);
    const plans = [ofInventory];
    for (const [group, more] of [
      [named(groups, 'payment', 'MaxDeliveryCountExceeded'), {}],
      [named(groups, 'receipt', 'MaxDeliveryCountExceeded'), {}],
      [invalid, { rule: [{ op: 'remove', path: '/note' }] }],
    ] as const) {
      const plan = await desk.replay(group, more);
      const predicted = await desk.dryRun(plan);
      expect(predicted.counts['conflict'] ?? 0).toBe(0);
      expect(predicted.edits === undefined).toBe(group !== invalid);
      await desk.start(plan);
      plans.push(plan);
    }
    const discard = await desk.replay(named(groups, 'orchestrator', 'type-unknown'), { kind: 'discard', reason: 'no till of ours sends this' });
    await desk.start(discard);
    expect(await desk.ended(discard)).toMatchObject({ state: 'done', items: { discarded: 2 } });

    for (const plan of plans) {
      expect(await desk.ended(plan)).toMatchObject({ state: 'done' });
      for (const item of await desk.items(plan)) {
        expect(['applied', 'no-op']).toContain(item.state);
        // A saga that asks again by itself may have been faster than the replay; never the other way round.
        if (item.prediction === 'no-op') expect(item.state).toBe('no-op');
      }
    }
    const endings = await world.ended([...inInventory, ...inPayment, ...inReceipt, ...withNote], 120_000);
    expect([...endings.values()].map(({ state }) => state)).toEqual(Array.from({ length: 4 * each }, () => 'completed'));
    await world.expectBalance([...endings.values()]);
    await groupsAtRest((found) => found.length === 0, 60_000);
    expect(await desk.audit()).not.toHaveProperty('broken');

    // Months later: no inbox remembers them any more. What was put back once is put back again, and nothing comes of it.
    for (const database of ['inventory', 'payment', 'receipt', 'orchestrator'] as const) await corrupt(network, database, 'DELETE FROM inbox;');
    await putBack(network, copies);
    await emptied(network, ['inventory', 'payment', 'receipt', 'orchestrator']);
    expect([...(await world.ended([...endings.keys()], 10_000)).values()].map(({ state, receiptNumber }) => [state, receiptNumber]))
      .toEqual([...endings.values()].map(({ state, receiptNumber }) => [state, receiptNumber]));
    await world.expectBalance([...endings.values()]);
    expect(await desk.groups()).toEqual([]);
  }, 600_000);
});

async function eventually(check: () => Promise<unknown>): Promise<void> {
  for (const giveUpAt = Date.now() + 30_000; ;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await sleep(200);
    }
  }
}
