import { aCheckout } from '@checkout/contracts/testing';
import { saleIdOf, seconds, uuidv7, type CommandId, type StoreId, type TenantId } from '@checkout/kernel';
import { Database, join } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { ContinueCheckout, type Reply } from '../application/continue-checkout.ts';
import type { CheckoutHandler } from '../application/ports.ts';
import { StartCheckout } from '../application/start-checkout.ts';
import { timerDue, WakeCheckout } from '../application/wake-checkout.ts';
import type { Change, Checkout } from '../domain/checkout.ts';
import { aSale } from '../testing.ts';
import { SqlCheckoutReader } from './sql-checkout-reader.ts';
import { SqlCheckouts } from './sql-checkouts.ts';
import type { Message } from '@checkout/contracts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
let test: TestDatabase;
let database: Database;
let reader: SqlCheckoutReader;
let now = Date.parse('2026-01-05T12:00:00.000Z');

beforeAll(async () => {
  test = await startTestDatabase([`${import.meta.dirname}/migrations`], 'orchestrator');
  database = Database.open({ connectionString: test.connectionString, name: 'orchestrator' });
  reader = new SqlCheckoutReader(database);
});
afterAll(async () => {
  await database.close();
  await test[Symbol.asyncDispose]();
});

/** One batch as the pipeline runs it: load, decide message by message, write. */
async function batch(store: SqlCheckouts, works: readonly (readonly [CheckoutHandler<never>, Message])[]): Promise<Change[]> {
  const load = store.load(works.flatMap(([handler, message]) => [...handler.needs(message as never)]));
  const rows = load.toRows(load.recordsets.length === 0 ? [] : await database.queries(load.recordsets, load.select));
  const changes = works.flatMap(([handler, message]) => {
    const { tenantId } = message.body as { readonly tenantId: TenantId };
    const decision = handler.decide(rows, { message: message as never, envelope: { id: '1', source: '/', type: message.type, time: '', tenantId, traceparent }, now });
    for (const change of decision.changes ?? []) store.apply(rows, change);
    return [...(decision.changes ?? [])];
  });
  if (changes.length > 0) await database.commit(join(store.write(changes)));
  return changes;
}

/** What the table holds, whatever the store remembers. */
async function found(store: SqlCheckouts, { tenantId, saleId }: { readonly tenantId: Checkout['tenantId']; readonly saleId: Checkout['saleId'] }): Promise<Checkout | undefined> {
  store.forgetAll();
  const load = store.load([{ tenantId, saleId }]);
  return load.toRows(await database.queries(load.recordsets, load.select)).find(tenantId, saleId);
}

const start = new StartCheckout() as CheckoutHandler<never>;
const reply = new ContinueCheckout() as CheckoutHandler<never>;
const wake = new WakeCheckout() as CheckoutHandler<never>;
const replies = (...messages: readonly Reply[]) => messages.map((message) => [reply, message] as const);

describe('checkouts in SQL', () => {
  it('are found again as they were written, by another process too', async () => {
    const sale = aSale(aCheckout({ lines: [{ sku: 'CAFE' as never, description: 'Kaffee “süß” ☕', quantity: 1, unitPriceMinor: 598, taxRateBp: 2000 }] as never }));
    const [begun] = await batch(new SqlCheckouts(), [[start, sale.request]]);
    expect(await found(new SqlCheckouts(), sale.start)).toEqual(begun?.after);
  });

  it('go through a whole sale on one store, one reply at a time', async () => {
    const store = new SqlCheckouts();
    const sale = aSale();
    await batch(store, [[start, sale.request]]);
    for (const message of [sale.reserved, sale.authorized, sale.captured, sale.committed, sale.issued]) await batch(store, replies(message));
    expect(await found(store, sale.start)).toMatchObject({ version: 6, entryCount: 7, instance: { phase: 'completed', results: { 'issue receipt': { receiptNumber: 'S-000001' } } } });
    const story = await reader.read(sale.start.tenantId, sale.start.saleId, 0);
    expect(story).toMatchObject({ storeId: sale.start.storeId, phase: 'completed' });
    expect(story?.entries.map(({ sequence, event }) => `${sequence} ${event}`)).toEqual(['1 started', '2 succeeded', '3 succeeded', '4 succeeded', '5 succeeded', '6 succeeded', '7 completed']);
    expect(story?.entries[1]).toEqual({ sequence: 2, at: new Date(now).toISOString(), event: 'succeeded', step: 'reserve stock' });
  });

  it('are remembered while they are under way, unless they are so large that many of them would fill the memory', async () => {
    const store = new SqlCheckouts();
    const linesOf = (count: number) => Array.from({ length: count }, (_, index) => ({ sku: `SKU-${index}` as never, description: 'Tea', quantity: 1, unitPriceMinor: 1, taxRateBp: 0 }));
    const [small, large] = [aSale(aCheckout({ lines: linesOf(3) })), aSale(aCheckout({ lines: linesOf(101) }))];
    await batch(store, [[start, small.request], [start, large.request]]);
    expect([small, large].map(({ start: { tenantId, saleId } }) => store.load([{ tenantId, saleId }]).isFromMemory)).toEqual([true, false]);
    await batch(store, replies(large.reserved));
    expect(await found(store, large.start)).toMatchObject({ version: 2 });
  });

  it('take many replies to many sales in one batch, and several to one sale as one write', async () => {
    const store = new SqlCheckouts();
    const sales = Array.from({ length: 50 }, () => aSale());
    await batch(store, sales.map(({ request }) => [start, request] as const));
    await batch(store, sales.flatMap((sale) => replies(sale.reserved, sale.authorized, sale.captured, sale.committed, sale.issued)));
    for (const { start: of } of sales) expect(await found(store, of)).toMatchObject({ version: 6, instance: { phase: 'completed' } });
  });

  it('remember why they were called off', async () => {
    const store = new SqlCheckouts();
    const sale = aSale();
    await batch(store, [[start, sale.request], ...replies(sale.reserved, sale.declined)]);
    expect(await found(new SqlCheckouts(), sale.start)).toMatchObject({ version: 3, instance: { phase: 'backward', because: { code: 'payment-declined', declineCode: 'insufficient-funds' } } });
    await batch(new SqlCheckouts(), replies(sale.released));
    expect(await found(store, sale.start)).toMatchObject({ instance: { phase: 'cancelled', because: { code: 'payment-declined' } } });
  });

  it('forget the card token with the start message when they end', async () => {
    const store = new SqlCheckouts();
    const sale = aSale();
    await batch(store, [[start, sale.request]]);
    await batch(store, replies(sale.short));
    expect(await found(new SqlCheckouts(), sale.start)).not.toHaveProperty('start');
  });

  it('conflict when a second writer was first, and then nothing of the batch is written', async () => {
    const mine = new SqlCheckouts();
    const sale = aSale();
    const neighbour = aSale();
    await batch(mine, [[start, sale.request], [start, neighbour.request]]);
    const stale = mine.load([sale.start, neighbour.start]).toRows([]);
    await batch(new SqlCheckouts(), replies(sale.reserved));

    const changes = [sale, neighbour].flatMap(({ reserved }) => [...(new ContinueCheckout().decide(stale, { message: reserved, envelope: { id: '1' } as never, now }).changes ?? [])]);
    await expect(database.commit(join(mine.write(changes)))).rejects.toMatchObject({ kind: 'version', on: 'checkout' });
    expect(await found(mine, neighbour.start)).toMatchObject({ version: 1 });
  });

  it('conflict on the key when two instances begin one sale, and the loser reads what the winner wrote', async () => {
    const tenantId = 'acme' as TenantId;
    const commandId = uuidv7() as CommandId;
    const winner = aCheckout({ commandId, totalMinor: 598 });
    const loser = aCheckout({ commandId, lines: winner.body.lines.map((line) => ({ ...line, quantity: 1 })), totalMinor: 299, tenders: [{ type: 'cash', amountMinor: 299, tenderedMinor: 299 }] });
    const [mine, other] = [new SqlCheckouts(), new SqlCheckouts()];
    const load = mine.load([{ tenantId, saleId: saleIdOf(tenantId, commandId) }]);
    const rows = load.toRows(await database.queries(load.recordsets, load.select));
    const { changes = [] } = new StartCheckout().decide(rows, { message: loser, envelope: { id: '1' } as never, now });
    await batch(other, [[start, winner]]);

    await expect(database.commit(join(mine.write(changes)))).rejects.toMatchObject({ kind: 'duplicate', on: 'pk_checkout_saga' });
    expect((await found(mine, winner.body))?.start).toEqual(winner.body);
  });

  it('are due when their time has come, of every tenant, longest due first', async () => {
    const store = new SqlCheckouts();
    now += seconds(3_600);
    const early = aSale(aCheckout({ tenantId: 'other' as TenantId }));
    await batch(store, [[start, early.request]]);
    now += seconds(1);
    const late = aSale();
    await batch(store, [[start, late.request]]);
    const dueAt = async (at: number) => (await reader.due(at, 200)).map(({ saleId }) => saleId).filter((saleId) => [early.start.saleId, late.start.saleId].includes(saleId));
    expect(await dueAt(now + seconds(3))).toEqual([]);
    expect(await dueAt(now + seconds(5))).toEqual([early.start.saleId, late.start.saleId]);
    expect(await reader.due(now + seconds(5), 1)).toHaveLength(1);
    expect((await reader.due(now + seconds(5), 200)).find(({ saleId }) => saleId === late.start.saleId)).toEqual({
      tenantId: late.start.tenantId, storeId: late.start.storeId, saleId: late.start.saleId, traceparent,
    });
    await batch(store, replies(early.short, late.short));
    expect(await dueAt(now + seconds(3_600))).toEqual([]);
  });

  it('are as patient as before when another process goes on with them in an outage', async () => {
    const store = new SqlCheckouts();
    const sale = aSale();
    await batch(store, [[start, sale.request], ...replies(sale.reserved)]);
    for (let asks = 0; asks < 8; asks += 1) {
      now += seconds(3_600);
      await batch(new SqlCheckouts(), [[wake, timerDue(sale.start, { heard: {}, asksForAll: true })]]);
    }
    expect(await found(store, sale.start)).toMatchObject({ instance: { attempts: 1, unheard: 8 } });
    await batch(new SqlCheckouts(), replies(sale.authorized));
    const after = await found(store, sale.start);
    expect(after?.instance).not.toHaveProperty('unheard');
    expect(after?.instance).not.toHaveProperty('needsAttention');
  });

  it('are shown to the operators of their tenant while nobody answers', async () => {
    const store = new SqlCheckouts();
    const tenantId = 'stuck' as TenantId;
    const sale = aSale(aCheckout({ tenantId }));
    await batch(store, [[start, sale.request], ...replies(sale.reserved, sale.authorized)]);
    for (let asks = 0; asks < 5; asks += 1) {
      now += seconds(3_600);
      await batch(store, [[wake, timerDue(sale.start, { heard: { payment: now - 1 }, asksForAll: true })]]);
    }
    expect(await reader.stuck(tenantId)).toEqual([{
      saleId: sale.start.saleId, storeId: sale.start.storeId, phase: 'forward', why: 'capture payment: no answer', attempts: 6,
      startedAt: new Date(now - seconds(5 * 3_600)).toISOString(), lastAskedAt: new Date(now).toISOString(),
    }]);
    expect(await reader.stuck('acme' as TenantId)).toEqual([]);
    expect(await reader.find(tenantId, sale.start.saleId)).toMatchObject({ phase: 'forward', needsAttention: 'capture payment: no answer' });
    expect(await reader.stuck(tenantId, sale.start.storeId)).toHaveLength(1);
    expect(await reader.stuck(tenantId, 'YORK-01' as StoreId)).toEqual([]);
    await batch(store, replies(sale.captured));
    expect(await reader.stuck(tenantId)).toEqual([]);
    expect(await reader.find(tenantId, sale.start.saleId)).not.toHaveProperty('needsAttention');
  });

  it('have no time line for another tenant, and only later entries for who has seen the earlier', async () => {
    const sale = aSale();
    await batch(new SqlCheckouts(), [[start, sale.request], ...replies(sale.short)]);
    expect(await reader.read('other' as TenantId, sale.start.saleId, 0)).toBeUndefined();
    expect((await reader.read(sale.start.tenantId, sale.start.saleId, 2))?.entries.map(({ event }) => event)).toEqual(['cancelled']);
  });
});
