import type { Message } from '@checkout/contracts';
import type { RefundId, TenantId } from '@checkout/kernel';
import { Database, join } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { ContinueCheckout } from '../application/continue-checkout.ts';
import { ContinueRefund } from '../application/continue-refund.ts';
import { StartCheckout } from '../application/start-checkout.ts';
import { StartRefund } from '../application/start-refund.ts';
import { aReturn, aSale } from '../testing.ts';
import { SqlRefundReader } from './sql-refund-reader.ts';
import { SqlSagas } from './sql-sagas.ts';

let test: TestDatabase;
let database: Database;
let reader: SqlRefundReader;
let now = Date.parse('2026-01-06T12:00:00.000Z');

beforeAll(async () => {
  test = await startTestDatabase([`${import.meta.dirname}/migrations`], 'orchestrator');
  database = Database.open({ connectionString: test.connectionString, name: 'orchestrator' });
  reader = new SqlRefundReader(database);
});
afterAll(async () => {
  await database.close();
  await test[Symbol.asyncDispose]();
});

interface AnyHandler {
  needs(message: never): readonly unknown[];
  decide(rows: never, incoming: never): { readonly changes?: readonly unknown[] };
}

/** One batch as the pipeline runs it: load, decide message by message, write. */
async function batch(store: SqlSagas, ...works: readonly (readonly [AnyHandler, Message])[]): Promise<void> {
  const load = store.load(works.flatMap(([handler, message]) => handler.needs(message as never)) as Parameters<SqlSagas['load']>[0]);
  const rows = load.toRows(load.recordsets.length === 0 ? [] : await database.queries(load.recordsets, load.select));
  const changes = works.flatMap(([handler, message]) => {
    const { tenantId } = message.body as { readonly tenantId: TenantId };
    const decided = (handler.decide(rows as never, { message, envelope: { id: '1', source: '/', type: message.type, time: '', tenantId }, now } as never).changes ?? []) as Parameters<SqlSagas['write']>[0];
    for (const change of decided) store.apply(rows, change);
    return [...decided];
  });
  if (changes.length > 0) await database.commit(join(store.write(changes)));
}

const found = async (tenantId: TenantId, refundId: RefundId) => {
  const load = new SqlSagas().load([{ tenantId, refundId }]);
  return load.toRows(await database.queries(load.recordsets, load.select)).findRefund(tenantId, refundId);
};
const [startSale, onSale, startRefund, onRefund] = [new StartCheckout(), new ContinueCheckout(), new StartRefund(), new ContinueRefund()];

describe('the tables of both sagas', () => {
  it('take a refund from its request to its end, beside sales of the same batches', async () => {
    const store = new SqlSagas();
    const [sale, back] = [aSale(), aReturn()];
    const { tenantId, refundId } = back.start;
    await batch(store, [startSale, sale.request], [startRefund, back.request]);
    expect(await found(tenantId, refundId)).toMatchObject({ start: back.start, version: 1, instance: { phase: 'forward', awaiting: [0] } });

    await batch(store, [onRefund, back.refunded], [onSale, sale.reserved]);
    await batch(store, [onRefund, back.returned], [onRefund, back.noted]);
    const ended = await found(tenantId, refundId);
    expect(ended).toMatchObject({ instance: { phase: 'completed', results: { 'refund payment': { parts: back.start.parts } } } });
    expect(ended?.start).toBeUndefined();
    const story = await reader.read(tenantId, refundId, 0);
    expect(story?.entries.map(({ event, step }) => step ?? event)).toEqual(['started', 'refund payment', 'return stock', 'issue credit note', 'completed']);
    expect(await reader.find(tenantId, refundId)).toEqual({ refundId, saleId: back.start.saleId, storeId: back.start.storeId, phase: 'completed' });
  });

  it('let only one of two writers go on with a refund', async () => {
    const back = aReturn();
    await batch(new SqlSagas(), [startRefund, back.request]);
    const store = new SqlSagas();
    const load = store.load([back.start]);
    const rows = load.toRows(await database.queries(load.recordsets, load.select));
    const { changes = [] } = onRefund.decide(rows, { message: back.declined, envelope: { id: '2', source: '/', type: back.declined.type, time: '', tenantId: back.start.tenantId }, now });
    await batch(new SqlSagas(), [onRefund, back.refunded]);
    await expect(database.commit(join(store.write(changes)))).rejects.toThrow(/refund/);
    expect(await found(back.start.tenantId, back.start.refundId)).toMatchObject({ version: 2, instance: { awaiting: [1, 2] } });
  });

  it('find the timers that are due, and the refunds that need a person, of one tenant and store', async () => {
    const back = aReturn();
    const { tenantId, storeId, refundId } = back.start;
    await batch(new SqlSagas(), [startRefund, back.request]);
    expect(await reader.due(now + 29_000, 1_000)).not.toContainEqual(expect.objectContaining({ refundId }));
    expect(await reader.due(now + 30_000, 1_000)).toContainEqual({ tenantId, storeId, saleId: back.start.saleId, refundId });
    now += 1_000;
    await batch(new SqlSagas(), [onRefund, back.stalled]);
    expect(await reader.stuck(tenantId, storeId)).toContainEqual(expect.objectContaining({ refundId, why: 'payment: unresolved' }));
    expect(await reader.stuck('other' as TenantId)).toEqual([]);
    expect(await reader.read('other' as TenantId, refundId, 0)).toBeUndefined();
  });
});
