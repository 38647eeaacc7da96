import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Caller, serviceNames } from '@checkout/local-network';
import { check } from './check/check.ts';
import { Counter } from './counter.ts';
import { Clock } from './desk/clock.ts';
import { deadLetterAgain, deadLettersIn, deskRecord, type Copy } from './desk/dead-letters.ts';
import { Desk, type Group, type Plan } from './desk/desk.ts';
import { commandsOf, CorruptRows, saleOf, sell, sendStraight } from './desk/five-causes.ts';
import { kept, Witnesses } from './desk/witnesses.ts';
import { Nemesis } from './nemesis.ts';
import { makeSales } from './plan/make-plan.ts';
import { busCounts, comeToRest } from './quiet.ts';
import type { Command } from './till/history.ts';
import { takeSnapshot } from './world/take-snapshot.ts';
import { World } from './world/world.ts';

/** A till straight on the bus; rows that nobody can read in three databases; and a contract of tomorrow. */
const faults = 5;
const each = 3;
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
/** Limits are those of a loaded machine. */
const stuckAfterMs = 120_000;
const quietLimitMs = 300_000;

let directory: string;
let clock: Clock;
let world: World;
let desk: Desk;
let counter: Counter;
/** Sales that were made to fail, by this test and on purpose. */
const wronged: Command[] = [];

beforeAll(async () => {
  process.stderr.write(`desk tests: SEED=${seed}\n`);
  directory = mkdtempSync(join(tmpdir(), 'desk-e2e-'));
  clock = new Clock(directory);
  world = await World.open({ hasDesk: true, detectsDuplicates: true, nodeOptions: clock.nodeOptions });
  desk = await Desk.open(world.network);
  counter = await Counter.open(world, seed);
}, 180_000);

afterAll(async () => {
  await counter?.close();
  clock?.[Symbol.dispose]();
  await world?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
}, 120_000);

/** What one of these tests leaves behind would be counted among what the next one finds. */
beforeEach(async () => {
  const left = await deadLettersIn(world.network);
  if (left.length > 0) throw new Error(`Dead letters of another test are left: ${JSON.stringify(await desk.groups())}`);
});

/** I1 to I20, once nothing moves any more. */
async function expectInvariants(inbox?: Readonly<Record<string, number>>): Promise<void> {
  const rest = await comeToRest(world, { stuckAfterMs, meanwhile: async () => (await Promise.all(counter.tills.map((till) => till.forward()))).filter((isDone) => !isDone).length });
  const own = new Set(wronged.map(saleOf));
  const deadLetters = await deskRecord(world.tables, (saleId) => own.has(saleId));
  const snapshot = await takeSnapshot(world, { commands: [...counter.commands, ...wronged], bot: { deadLetters }, rest, quietLimitMs, breakerEvents: [] });
  const { violations, passed } = check({ ...snapshot, ...(inbox && { inbox }) });
  if (violations.length > 0) throw new Error(`${violations.map(({ invariant, what }) => `${invariant}: ${what}`).join('\n')}\n${JSON.stringify(rest.backlog)}\n${world.log.last()}`);
  // I9 and I17 need refunds and a database that is out for long, which not every one of these has.
  expect(passed.filter((id) => id !== 'I9')).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I10', 'I11', 'I12', 'I13', 'I14', 'I15', 'I16', 'I18', 'I19', 'I20', 'I21']);
}

async function groupsOnce(enough: (groups: readonly Group[]) => boolean, limitMs = 240_000): Promise<readonly Group[]> {
  let last: readonly Group[] = [];
  for (const giveUpAt = performance.now() + limitMs; performance.now() < giveUpAt; await sleep(500)) {
    last = await desk.groups();
    if (enough(last)) return last;
  }
  throw new Error(`Not the groups that were expected: ${JSON.stringify(last, null, 1)}\n${world.log.last()}`);
}

const named = (groups: readonly Group[], subscription: string, reason: string): Group => {
  const found = groups.find((group) => group.subscription === subscription && group.facts.reason === reason);
  if (!found) throw new Error(`There is no group ${subscription} ${reason}: ${JSON.stringify(groups)}`);
  return found;
};

/** Messages that a service has not done with: one that fails is held for seconds before it is given back, and may be a dead letter only then. */
async function withServices(): Promise<number> {
  const counts = Object.entries(await busCounts(world.network.ports.bus)).filter(([path]) => serviceNames.some((service) => path.toLowerCase().endsWith(`/subscriptions/${service}`)));
  return counts.reduce((sum, [, { active, scheduled, locked }]) => sum + active + scheduled + locked, 0);
}

/** What failed after the sets were frozen and before the causes were mended, in sets of its own. */
async function putBackTheRest(): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  // In this order: what has left a service by the first look is seen by the second.
  const isLeft = async () => (await withServices()) > 0 || (await deadLettersIn(world.network)).length > 0;
  for (const giveUpAt = performance.now() + 300_000; await isLeft(); await sleep(1_000)) {
    if (performance.now() > giveUpAt) throw new Error(`Dead letters are left: ${JSON.stringify(await desk.groups())}`);
    for (const group of await desk.groups()) {
      const plan = await desk.replay(group);
      await desk.start(plan);
      const { state, items } = await desk.ended(plan);
      expect([state, Object.keys(items ?? {}).filter((each) => each !== 'applied' && each !== 'no-op')]).toEqual(['done', []]);
      plans.push(plan);
    }
  }
  return plans;
}

/** What was told to the desk while it went down is months old as well: an operator throws it away. */
async function discardOldAlerts(): Promise<void> {
  for (const group of (await desk.groups()).filter(({ subscription }) => subscription === 'desk')) {
    const plan = await desk.replay(group, { kind: 'discard', reason: 'an alert of months ago' });
    await desk.start(plan);
    expect(await desk.ended(plan)).toMatchObject({ state: 'done' });
  }
}

const phases = async (commands: readonly Command[]): Promise<(string | undefined)[]> => {
  const sagas = new Map((await world.tables.all<{ sale_id: string; phase: string }>('orchestrator', 'checkout_saga')).map(({ sale_id, phase }) => [sale_id, phase]));
  return commands.map((command) => sagas.get(saleOf(command)));
};

async function onTheWayToDesk(): Promise<number> {
  const counts = Object.entries(await busCounts(world.network.ports.bus)).find(([path]) => path.toLowerCase() === 'operations/subscriptions/desk')?.[1];
  if (!counts) throw new Error('the desk hears of operations');
  return counts.active + counts.locked;
}

async function eventually(holds: () => Promise<unknown>, limitMs = 120_000): Promise<void> {
  for (const giveUpAt = performance.now() + limitMs; ;) {
    try {
      await holds();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(250);
    }
  }
}

describe('the dead-letter desk', () => {
  it('finds one group for each of five causes under load, and puts every message back so that each sale ends once', async () => {
    await using witnesses = await Witnesses.post(world.network);
    const [inventory, payment, receipt, withNote, ofTomorrow] = [commandsOf(each), commandsOf(each), commandsOf(each), commandsOf(each, 'bus'), commandsOf(2, 'bus')];
    wronged.push(...inventory, ...payment, ...receipt, ...withNote, ...ofTomorrow);
    const rows = new CorruptRows(world, { inventory, payment, receipt });
    await rows.put();

    await Promise.all([
      counter.sell({ version: 1, seed, sales: makeSales(seed, 60, 8), faults: [] }, new Nemesis(world, [])),
      sell(world, [...inventory, ...payment, ...receipt]),
      sendStraight(world, withNote, (body) => ({ body: { ...body, note: 'an old till' } })),
      sendStraight(world, ofTomorrow, (body) => ({ body, type: 'checkout.checkout-requested.v9' })),
    ]);
    const groups = await groupsOnce((found) => found.length >= faults && found.every(({ waiting, type }) => waiting >= (type.endsWith('.v9') ? 2 : each)));

    expect(groups.map(({ subscription, type, facts: { reason, step, dependency } }) => [subscription, type, reason, step, dependency ?? '-'].join(' ')).toSorted()).toEqual([
      'inventory inventory.reserve-stock.v1 MaxDeliveryCountExceeded inventory.reserve-stock.v1 inventory/work',
      'orchestrator checkout.checkout-requested.v1 body-invalid checkout.checkout-requested.v1 -',
      'orchestrator checkout.checkout-requested.v9 type-unknown checkout.checkout-requested.v9 -',
      'payment payment.authorize-payment.v1 MaxDeliveryCountExceeded payment.authorize-payment.v1 payment/work',
      'receipt receipt.issue-receipt.v1 MaxDeliveryCountExceeded receipt.issue-receipt.v1 receipt/work',
    ]);
    expect(await desk.metrics()).toMatch(/dead_letters_waiting\{topic="payment-commands",subscription="payment",reason="MaxDeliveryCountExceeded",age="up to 1 h"\} \d/);
    expect(await witnesses.topicsThatDetectDuplicates()).toEqual(witnesses.topics);

    // Not mended yet: the ramp finds out with its first message.
    const invalid = named(groups, 'orchestrator', 'body-invalid');
    const tooEarly = await desk.replay(invalid);
    await desk.start(tooEarly);
    const stopped = await desk.ended(tooEarly);
    expect(stopped).toMatchObject({ state: 'stopped', because: expect.stringContaining('failed again') as string });
    expect(each - (stopped.items?.['planned'] ?? 0)).toBeLessThanOrEqual(2);
    await groupsOnce((found) => found.length === faults);
    await expect(desk.replay(invalid)).rejects.toMatchObject({ code: 'another-plan' });
    await desk.cancel(tooEarly);

    // While the database is known to be out, nothing is begun.
    const [sre, ofInventory] = [await Caller.signIn(world.network, 'platform-sre'), await desk.replay(named(groups, 'inventory', 'MaxDeliveryCountExceeded'))];
    const hold = (mode: 'open' | 'auto') => sre.call('PUT', `${world.network.url('inventory')}/v1/operations/breakers/inventory/work/override`, { mode, reason: 'a drill' });
    expect((await hold('open')).status).toBe(200);
    await eventually(async () => expect((await desk.show(ofInventory)).heldBackBy).toContain('inventory/work'));
    await expect(desk.start(ofInventory)).rejects.toMatchObject({ code: 'breaker-open' });
    expect((await hold('auto')).status).toBe(200);
    await rows.takeAway();
    await eventually(async () => expect(await desk.show(ofInventory)).not.toHaveProperty('heldBackBy'));

    const originals = new Map((await deadLettersIn(world.network)).map(({ message }) => [String(message.messageId), message]));
    await expect(desk.replay(named(groups, 'orchestrator', 'type-unknown'))).rejects.toMatchObject({ code: 'version-unsupported' });
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
    plans.push(...await putBackTheRest());

    const started = new Set([...plans, tooEarly].map(({ planId }) => planId));
    const replays = (await witnesses.filmed()).filter(({ applicationProperties }) => started.has(String(applicationProperties?.['replayPlan'])));
    const ofPlans = (await Promise.all(plans.map((plan) => desk.items(plan)))).flat();
    expect(new Set(replays.map(({ messageId }) => messageId)).size).toBeGreaterThanOrEqual(ofPlans.length);
    let compared = 0;
    for (const replay of replays) {
      const original = originals.get(String(replay.applicationProperties?.['replayOf']));
      // The first of the plan that came too early is no dead letter any more, and some failed after the look.
      if (!original) continue;
      compared += 1;
      expect(replay.messageId).not.toBe(original.messageId);
      const { body, ...rest } = kept(original) as { body: Readonly<Record<string, unknown>> };
      const { note: _, ...mended } = body;
      expect(kept(replay)).toEqual({ ...rest, body: replay.subject === 'checkout.checkout-requested.v1' && !('note' in (replay.body as object)) ? mended : body });
    }
    expect(compared).toBeGreaterThanOrEqual(4 * each);
    const beside = await witnesses.seenByNeighbours();
    expect(beside.length).toBeGreaterThan(60);
    expect(beside.filter(({ applicationProperties = {} }) => 'replayFor' in applicationProperties)).toEqual([]);

    await witnesses.leave();
    await eventually(async () => expect(await phases([...inventory, ...payment, ...receipt, ...withNote])).toEqual(Array.from({ length: 4 * each }, () => 'completed')));
    await expectInvariants();
    expect(await desk.audit()).not.toHaveProperty('broken');
  }, 1_200_000);

  it('goes on with a replay whose host was killed, twice, and each sale ends once', async () => {
    const commands = commandsOf(40, 'bus');
    wronged.push(...commands);
    await sendStraight(world, commands, (body) => ({ body: { ...body, note: 'an old till' } }));
    const [group] = await groupsOnce((found) => (found[0]?.waiting ?? 0) === commands.length);
    if (!group) throw new Error('there is a group');
    const plan = await desk.replay(group, { rule: [{ op: 'remove', path: '/note' }] });
    await desk.start(plan);

    for (const killedAfter of [1, 8]) {
      await eventually(async () => expect((await world.tables.all<{ plan_id: string; state: string }>('operations', 'replay_item')).filter(({ plan_id, state }) => plan_id === plan.planId && state === 'applied').length).toBeGreaterThanOrEqual(killedAfter), 180_000);
      await world.killFor(['functions'], 500);
    }

    expect(await desk.ended(plan)).toMatchObject({ state: 'done', items: { applied: commands.length } });
    // Handling the request is what was told of; the rest of the sale follows.
    await eventually(async () => expect(await phases(commands)).toEqual(commands.map(() => 'completed')));
    await expectInvariants();
  }, 1_200_000);

  it('OP08, OP09, OP20 puts messages back that were handled months ago, when no inbox remembers them: nothing comes of it', async () => {
    await using witnesses = await Witnesses.post(world.network);
    const commands = commandsOf(4);
    wronged.push(...commands);
    await sell(world, commands);
    await eventually(async () => expect(await phases(commands)).toEqual(commands.map(() => 'completed')));
    // The outside is told after the sale is over, on a busy machine a while after.
    await eventually(async () => expect(await effectsOf(commands)).toMatchObject({ told: commands.length }));
    const sales = new Set(commands.map(saleOf));
    const handled = (await witnesses.filmed()).filter((message) => sales.has(String(message.applicationProperties?.['cloudEvents:subject'])));
    await witnesses.leave();
    const copies = handled.map((message): Copy => {
      const [topic, subscription] = homeOf(message.subject ?? '');
      return { topic, subscription, message };
    });
    // Every command of the sales, and what they began with.
    expect(new Set(copies.map(({ subscription }) => subscription))).toEqual(new Set(['orchestrator', 'inventory', 'payment', 'receipt', 'cart']));
    const before = await effectsOf(commands);
    const inbox = Object.fromEntries(await Promise.all(serviceNames.map(async (service) => [service, await world.tables.count(service, 'inbox')] as const)));

    await world.whileDown(serviceNames, () => deadLetterAgain(world.network, copies));
    await groupsOnce((found) => found.reduce((sum, { waiting }) => sum + waiting, 0) === copies.length);
    // What is still on its way to the desk itself would outlive its fourteen days, and be one more dead letter.
    await eventually(async () => expect(await onTheWayToDesk()).toBe(0));
    await world.restartAll(() => clock.moveAhead(200));
    desk = await Desk.open(world.network);
    await eventually(async () => expect((await Promise.all(serviceNames.map((service) => world.tables.count(service, 'inbox')))).every((marks) => marks === 0)).toBe(true), 240_000);

    const groups = (await desk.groups()).filter(({ subscription }) => subscription !== 'desk');
    expect(await desk.metrics()).toMatch(/dead_letters_waiting\{topic="payment-commands",subscription="payment",reason="MaxDeliveryCountExceeded",age="older"\} \d/);
    for (const group of groups) {
      const plan = await desk.replay(group);
      const { counts } = await desk.dryRun(plan);
      expect([group.type, counts]).toEqual([group.type, { 'no-op': plan.count }]);
      await desk.start(plan);
      expect(await desk.ended(plan)).toMatchObject({ state: 'done', items: { 'no-op': plan.count } });
    }

    await discardOldAlerts();
    await expectInvariants(inbox);
    expect(await effectsOf(commands)).toEqual(before);
    expect(await desk.groups()).toEqual([]);
  }, 1_200_000);
});

/** Where a message of a sale is handled. */
function homeOf(type: string): readonly [topic: string, subscription: string] {
  if (type === 'checkout.checkout-requested.v1') return ['checkout-requests', 'orchestrator'];
  const service = type.startsWith('checkout.') ? 'cart' : (type.split('.')[0] ?? '');
  return [`${service}-commands`, service];
}

/** Everything that these sales have done: money, goods, receipts, and what the outside was told. */
async function effectsOf(commands: readonly Command[]): Promise<object> {
  const sales = new Set(commands.map(saleOf));
  const own = async (database: 'inventory' | 'payment' | 'receipt', table: string): Promise<number> =>
    (await world.tables.all<{ sale_id?: string; reference?: string }>(database, table)).filter(({ sale_id, reference = '' }) => sales.has(sale_id ?? reference.split(':')[0] ?? '')).length;
  const ledger = (await (await fetch(`${world.network.url('provider')}/v1/ledger?after=0&limit=1000`)).json()) as { entries: { reference: string }[] };
  return {
    reservations: await own('inventory', 'reservation'), goods: await own('inventory', 'stock_ledger'), money: await own('payment', 'payment_ledger'), receipts: await own('receipt', 'receipt'),
    atTheProvider: ledger.entries.filter(({ reference }) => sales.has(reference.split(':')[0] ?? '')).length,
    told: new Set(world.events.events.filter(({ saleId }) => sales.has(saleId)).map(({ messageId }) => messageId)).size,
  };
}
