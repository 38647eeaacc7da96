import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { saleIdOf, uuidv7, type CommandId, type TenantId } from '@checkout/kernel';
import { card, products, totalOf, type Answer } from '@checkout/local-network';
import type { http } from '@checkout/contracts';
import { providerBalances } from './invariants.ts';
import { cartRows } from './wire/cart-rows.ts';
import { TripWire } from './wire/trip-wire.ts';
import { World } from './world.ts';

/** The rows of the fault matrix in which cart dies at a named point (`kill -9`): the point is one of what goes over its wires, never one of time. */
let world: World;
let toSql: TripWire;
let toBus: TripWire;
beforeAll(async () => {
  [toSql, toBus] = await Promise.all([TripWire.open(), TripWire.open()]);
  // Each sale takes the route that its test is about: none of them is the one in a hundred that keeps the bus route in use.
  world = await World.create({ BUS_ROUTE_PERCENT: '0' }, {
    hasFaults: true,
    environmentOf: {
      cart: (told) => ({ SQL_CONNECTION: through(toSql, told['SQL_CONNECTION'], /(?<=Server=127\.0\.0\.1,)\d+/), SERVICE_BUS_CONNECTION: through(toBus, told['SERVICE_BUS_CONNECTION'], /(?<=127\.0\.0\.1:)\d+/) }),
    },
  });
  expect((await world.till.checkout(offer())).body).toMatchObject({ state: 'completed' });
  await world.copyOfCatalogue();
}, 120_000);
afterAll(async () => {
  await world?.close();
  await Promise.all([toSql, toBus].map((wire) => wire?.[Symbol.asyncDispose]()));
}, 60_000);

function through(wire: TripWire, connection = '', port: RegExp): string {
  wire.leadsTo(Number(port.exec(connection)?.[0]));
  return connection.replace(port, String(wire.port));
}

async function eventually(condition: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
  for (const giveUpAt = performance.now() + limitMs; performance.now() < giveUpAt; await sleep(25)) if (await condition()) return;
  throw new Error(`It did not come about.\n${world.lastLines()}`);
}

const [sku = '', otherSku = ''] = products.slice(5).map((product) => product.sku);
const lines = [{ sku, quantity: 2 }];
const offer = (of = lines) => ({ lines: of, currency: 'GBP', totalMinor: totalOf(of), tenders: [card(totalOf(of))] });
const sell = (commandId: string, waitSeconds = 0): Promise<Answer<http.CheckoutStatus>> => world.till.checkout(offer(), { commandId, waitSeconds });
/** The commit that accepts a sale: its load has the command too, but puts nothing into the outbox. */
const commitOf = (commandId: string) => [commandId, 'INSERT INTO outbox'];
async function breakersAreClosed(): Promise<boolean> {
  const { checks } = (await (await fetch(`${world.network.url('cart')}/health/ready`)).json()) as { checks: { breakers: { detail: readonly { state: string }[] } } };
  return checks.breakers.detail.every(({ state }) => state === 'closed');
}
const sellsBySql = async (): Promise<boolean> => (await world.till.checkout(offer([{ sku: otherSku, quantity: 1 }]), { waitSeconds: 0 }).catch(() => undefined))?.body.acceptedVia === 'sql';
/** A process that has just started may find its database too slow, and use the bus: until it does not, time after time, it sells something else. */
async function startCart(): Promise<void> {
  if (world.network.child('cart').hasExited) await world.network.restart('cart');
  await eventually(async () => await breakersAreClosed() && await sellsBySql() && await sellsBySql() && sellsBySql(), 60_000);
}
const sqlRules = async (rules: readonly object[]) => expect((await fetch(`http://127.0.0.1:${world.network.ports.sqlAdmin}/faults`, { method: 'POST', body: JSON.stringify(rules) })).status).toBeLessThan(300);
const failsOver = () => sqlRules([{ match: '.', database: 'cart', action: 40613, times: 1_000_000 }]);
/** Of one command; and nothing of earlier ones is left in the outbox. */
const stored = (commandId: string) => cartRows(world.network, commandId);
const quiet = () => eventually(async () => (await stored(uuidv7())).chunks === 0);
/** Requests that the orchestrator has not done with, also those that it holds. */
const onTheBus = async (): Promise<number> => {
  const entities = (await (await fetch(`http://127.0.0.1:${world.network.ports.bus}/entities`)).json()) as Record<string, { active: number }>;
  const { active = 0 } = Object.entries(entities).find(([path]) => path.toLowerCase() === 'checkout-requests/subscriptions/orchestrator')?.[1] ?? {};
  return active;
};

/** The till's journal has the command, and its process went down with its connection: it sends until it is answered. */
async function untilAnswered(commandId: string): Promise<Answer<http.CheckoutStatus>> {
  for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; await sleep(50)) {
    const answer = await sell(commandId).catch(() => undefined);
    if (answer && answer.status < 300) return answer;
  }
  throw new Error(`The sale was never accepted.\n${world.lastLines()}`);
}

const told = ({ headers, body }: Answer<http.CheckoutStatus>) => ({ isRepeat: headers.get('idempotency-replayed') === 'true', via: body.acceptedVia });

/** Goods left the shelf once, money was taken once, there is one receipt; and the orchestrator began one sale, by this route. */
async function endsAsOneSale(commandId: string, shelfBefore: number, executedVia: http.AcceptedVia): Promise<void> {
  const endings = await world.ended([commandId], 90_000);
  const saleId = saleIdOf('brightside' as TenantId, commandId as CommandId);
  expect(endings.get(commandId)).toMatchObject({ state: 'completed', saleId, moneyMoved: 'yes' });
  await quiet();
  await world.expectBalance(endings.values());
  expect((await world.stockOf(sku)).onHand).toBe(shelfBefore - 2);
  expect((await providerBalances(world.operator)).get(saleId)).toEqual({ captured: totalOf(lines), captures: 1, held: 0, refunded: 0 });
  expect((await world.operator.call<http.SaleView>('GET', `${world.network.url('orchestrator')}/v1/checkouts/${saleId}`)).body).toMatchObject({ phase: 'completed', acceptedVia: executedVia });
  expect((await stored(commandId)).checkouts).toBe(1);
}

let commandId: string;
let shelfBefore: number;
beforeEach(async () => {
  commandId = uuidv7();
  await quiet();
  shelfBefore = (await world.stockOf(sku)).onHand;
});
afterEach(async () => {
  world.network.resume('orchestrator');
  for (const wire of [toSql, toBus]) wire.mend();
  await sqlRules([]);
  await startCart();
  await eventually(async () => (await onTheBus()) === 0);
  await quiet();
}, 120_000);

/** The till sends again after the new process has come up: to the cart it is a new sale, and there is one. */
async function sellsWhenSentAgain(executedVia: http.AcceptedVia = 'sql'): Promise<void> {
  await startCart();
  expect(told(await untilAnswered(commandId))).toEqual({ isRepeat: false, via: 'sql' });
  world.network.resume('orchestrator');
  await endsAsOneSale(commandId, shelfBefore, executedVia);
}

const posting = (waitSeconds = 0) => sell(commandId, waitSeconds).catch(() => undefined);

const comesThere = (tripped: Promise<void>): Promise<void> =>
  Promise.race([tripped, sleep(30_000, undefined, { ref: false }).then(() => { throw new Error(`cart did not come to that point.\n${world.lastLines()}`); })]);

/** The till posts, and cart dies at that point of what goes over the wire with these words. Then the wires are mended. */
async function diesAt(point: Parameters<TripWire['trip']>[1], wire: TripWire, words: readonly string[]): Promise<void> {
  const tripped = wire.trip(words, point, () => void world.network.kill('cart'));
  const posted = posting();
  await comesThere(tripped);
  await world.network.child('cart').exited();
  expect(await posted).toBeUndefined();
  for (const each of [toSql, toBus]) each.mend();
}

describe('cart is killed', () => {
  it('K01 before it has read the body: nothing is stored, and the till sells when it sends again', async () => {
    // given
    const body = JSON.stringify(offer());
    const socket = connect(world.network.ports.cart, '127.0.0.1').on('error', () => {});
    socket.write(`POST /v1/checkouts HTTP/1.1\r\nhost: cart\r\nauthorization: Bearer ${world.till.token}\r\nidempotency-key: ${commandId}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`);
    // It asks for the body: it has read everything before it.
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(body.slice(0, -10));

    // when
    await world.network.kill('cart');

    // then
    expect((await stored(commandId)).checkouts).toBe(0);
    await sellsWhenSentAgain();
  }, 180_000);

  it('K01 after it has validated the sale, before it stores it: nothing is stored, and the till sells when it sends again', async () => {
    await diesAt('asked', toSql, commitOf(commandId));
    expect(await stored(commandId)).toEqual({ checkouts: 0, chunks: 0 });
    await sellsWhenSentAgain();
  }, 180_000);

  it('K02 between insert and commit: the transaction dies with it, and leaves neither a sale nor a message', async () => {
    // More than one, because cart may just be told how an earlier sale ended; fewer than open its breaker.
    await sqlRules([{ match: 'commit', database: 'cart', action: 'drop-before', times: 4 }]);
    await diesAt('hung-up', toSql, commitOf(commandId));
    await sqlRules([]);
    expect(await stored(commandId)).toEqual({ checkouts: 0, chunks: 0 });
    await sellsWhenSentAgain();
  }, 180_000);

  it('K03 with the commit done and its answer unread: the till is told of the sale that it has, and there is one', async () => {
    await diesAt('answered', toSql, commitOf(commandId));
    expect(await stored(commandId)).toEqual({ checkouts: 1, chunks: 1 });
    await startCart();
    const again = await untilAnswered(commandId);
    expect({ ...told(again), saleId: again.body.saleId }).toEqual({ isRepeat: true, via: 'sql', saleId: saleIdOf('brightside' as TenantId, commandId as CommandId) });
    await endsAsOneSale(commandId, shelfBefore, 'sql');
  }, 180_000);

  it('K04 with the sale accepted and the till not told: it is told the same each time it asks, byte for byte', async () => {
    // given: the sale cannot end, so that the till that waits for its end is not answered
    world.network.pause('orchestrator');
    const waiting = posting(20);
    await eventually(async () => (await stored(commandId)).checkouts === 1 && (await onTheBus()) === 1);

    // when
    await world.network.kill('cart');

    // then
    expect(await waiting).toBeUndefined();
    await startCart();
    const [first, second] = [await untilAnswered(commandId), await untilAnswered(commandId)];
    expect([first.status, told(first), second.body]).toEqual([202, { isRepeat: true, via: 'sql' }, first.body]);
    world.network.resume('orchestrator');
    await endsAsOneSale(commandId, shelfBefore, 'sql');
  }, 180_000);

  describe('while its database is away, and the till later sends to it by way of the database,', () => {
    beforeEach(async () => {
      await failsOver();
      // So that cart does not hear of the sale before the till asks again.
      world.network.pause('orchestrator');
    });

    it.each([['not left it', 'asked', 'sql'], ['left it, and the bus\'s word for it has not come', 'sent', 'bus']] as const)('K05 with the request on the bus route: it has %s, and both copies are one sale', async (_, point, executedVia) => {
      await diesAt(point, toBus, [commandId]);
      await eventually(async () => (await onTheBus()) === (executedVia === 'bus' ? 1 : 0));
      await sqlRules([]);
      await sellsWhenSentAgain(executedVia);
    }, 180_000);

    it('K06 with the request taken by the bus and the till not told: both copies are one sale', async () => {
      const waiting = posting(20);
      await eventually(async () => (await onTheBus()) === 1);
      await world.network.kill('cart');
      expect(await waiting).toBeUndefined();
      await sqlRules([]);
      await sellsWhenSentAgain('bus');
    }, 180_000);
  });

  it('K07 with the sale stored and sent as well: one sale begins, by the copy that came first, and the other counts for nothing', async () => {
    // given: the commit is done and never answered, so the sale goes onto the bus too; it cannot end, so the till waits
    world.network.pause('orchestrator');
    const tripped = toSql.trip(commitOf(commandId), 'answered');
    const waiting = posting(20);
    await comesThere(tripped);
    await eventually(async () => (await onTheBus()) === 1);
    expect(await stored(commandId)).toEqual({ checkouts: 1, chunks: 1 });

    // when
    await world.network.kill('cart');

    // then: the outbox is swept, and sends the other copy
    expect(await waiting).toBeUndefined();
    toSql.mend();
    await startCart();
    expect(told(await untilAnswered(commandId))).toEqual({ isRepeat: true, via: 'sql' });
    await quiet();
    world.network.resume('orchestrator');
    await endsAsOneSale(commandId, shelfBefore, 'bus');
  }, 180_000);
});
