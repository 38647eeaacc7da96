import { join as joinPath } from 'node:path';
import type { Message } from '@checkout/contracts';
import type { StoreId, TenantId } from '@checkout/kernel';
import { Conflict, Database, join, sql } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { CommitStock } from '../application/commit-stock.ts';
import { AskAboutHold, reservationDue } from '../application/ask-about-hold.ts';
import type { Need, StockHandler } from '../application/ports.ts';
import { deliveryArrived, ReceiveDelivery } from '../application/receive-delivery.ts';
import { ReleaseStock } from '../application/release-stock.ts';
import { holdForMs, ReserveStock } from '../application/reserve-stock.ts';
import { ReturnStock } from '../application/return-stock.ts';
import type { Change, Stock } from '../domain/stock.ts';
import { bringBack, commit, handle, linesOf, noon, release, reserve, saleOf, skuOf, storeId, tenantId } from '../testing.ts';
import { SqlStockReader } from './sql-stock-reader.ts';
import { SqlStock } from './sql-stock.ts';

let server: TestDatabase;
let database: Database;
const store = new SqlStock();

beforeAll(async () => {
  server = await startTestDatabase([joinPath(import.meta.dirname, 'migrations')], 'inventory');
  database = Database.open({ connectionString: server.connectionString, name: 'inventory' });
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => database.commit(sql`DELETE FROM stock_level; DELETE FROM reservation; DELETE FROM stock_ledger; DELETE FROM delivery; DELETE FROM stock_return;`));

/** One message and its handler. */
interface Step {
  readonly needs: readonly Need[];
  decide(stock: Stock, now: number): readonly Change[];
}
const step = <M extends Message, Answer>(handler: StockHandler<M, Answer>, message: M): Step => ({
  needs: handler.needs(message),
  decide: (stock, now) => handle(stock, handler, message, now).changes ?? [],
});

const delivered = (pieces: Record<string, number>, deliveryId = 'D-1') => step(new ReceiveDelivery(), deliveryArrived({ tenantId, storeId, deliveryId, lines: linesOf(pieces) }));
const reserved = (sale: string, pieces: Record<string, number>) => step(new ReserveStock(), reserve(sale, pieces));
const committed = (sale: string, pieces: Record<string, number>) => step(new CommitStock(), commit(sale, pieces));
const released = (sale: string) => step(new ReleaseStock(), release(sale));

/** Loads what the steps look at, as the pipeline does: one round trip for all of them. */
async function load(...steps: Step[]): Promise<Stock> {
  const { select, recordsets, toRows } = store.load(steps.flatMap(({ needs }) => needs));
  return toRows(await database.queries(recordsets, select));
}

/** Decides step after step on what was loaded. */
const decide = (stock: Stock, steps: readonly Step[], now = noon): Change[] => steps.flatMap((each) => each.decide(stock, now));

const write = (changes: readonly Change[]) => database.commit(join([...store.write(changes)]));

/** One batch: one load, one commit. */
async function batch(...steps: Step[]): Promise<void> {
  await write(decide(await load(...steps), steps));
}

const reader = () => new SqlStockReader(database);
const level = async (sku: string) => (await reader().levels(tenantId, storeId, [skuOf(sku)]))[0];

describe('stock in the database', () => {
  it('comes back as it was written', async () => {
    await batch(delivered({ TEA: 5, MILK: 2 }));
    await batch(reserved('sale 1', { TEA: 2 }), reserved('sale 2', { MILK: 3 }));
    await batch(released('sale 3'));

    const stock = await load(reserved('sale 1', { TEA: 2 }), reserved('sale 2', { MILK: 3 }), released('sale 3'), delivered({}));

    const ofSale = (sale: string) => ({ tenantId, storeId, saleId: saleOf(sale), version: 1 });
    expect(stock.reservationOf(tenantId, saleOf('sale 1'))).toEqual({ ...ofSale('sale 1'), state: 'held', pieces: [{ sku: 'TEA', quantity: 2 }], expiresAt: '2026-01-05T12:15:00.000Z' });
    expect(stock.reservationOf(tenantId, saleOf('sale 2'))).toEqual({ ...ofSale('sale 2'), state: 'refused', shortages: [{ sku: 'MILK', wanted: 3, available: 2 }] });
    expect(stock.reservationOf(tenantId, saleOf('sale 3'))).toEqual({ ...ofSale('sale 3'), state: 'released' });
    expect(stock.levelOf(tenantId, storeId, skuOf('TEA'))).toEqual({ onHand: 5, reserved: 2 });
    expect(stock.deliveryOf(tenantId, 'D-1')).toMatchObject({ storeId, receivedAt: '2026-01-05T12:00:00.000Z' });
  });

  it('goes from delivery through reservation to sale, and the ledger agrees', async () => {
    await batch(delivered({ TEA: 5 }));
    await batch(reserved('sale 1', { TEA: 2 }));
    await batch(committed('sale 1', { TEA: 2 }), reserved('sale 2', { TEA: 3 }));

    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: 3, reserved: 3 });
    expect(await reader().differences(tenantId, storeId)).toEqual([]);
  });

  it('writes a sale that came and went in one batch once', async () => {
    await batch(delivered({ TEA: 5 }));
    await batch(reserved('sale 1', { TEA: 2 }), released('sale 1'));

    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: 5, reserved: 0 });
    await batch(reserved('sale 1', { TEA: 2 }));
    expect(await level('TEA')).toMatchObject({ reserved: 0 });
  });

  it('takes returned goods in once, writes off what is spoilt, and the ledger agrees', async () => {
    await batch(delivered({ TEA: 5, MILK: 5 }));
    const back = step(new ReturnStock(), bringBack('refund 1', [{ sku: 'TEA', quantity: 2, goods: 'restock' }, { sku: 'MILK', quantity: 1, goods: 'write-off' }, { sku: 'RICE', quantity: 1, goods: 'write-off' }]));
    await batch(back, back);
    await batch(back);

    expect([await level('TEA'), await level('MILK'), await level('RICE')]).toMatchObject([{ onHand: 7 }, { onHand: 5 }, { onHand: 0 }]);
    expect(await reader().differences(tenantId, storeId)).toEqual([]);
  });

  it('lets only one of two writers count the goods of a refund in', async () => {
    const back = step(new ReturnStock(), bringBack('refund 1', [{ sku: 'TEA', quantity: 2, goods: 'restock' }]));
    const [first, second] = await Promise.all([load(back), load(back)]);
    await write(decide(first, [back]));
    await expect(write(decide(second, [back]))).rejects.toThrow(Conflict);
    expect(await level('TEA')).toMatchObject({ onHand: 2 });
  });

  it('takes what was never counted below zero', async () => {
    await batch(committed('sale 1', { TEA: 2 }));
    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: -2, reserved: 0 });
    expect(await reader().differences(tenantId, storeId)).toEqual([]);
  });

  it('gives the last item to one of two writers', async () => {
    await batch(delivered({ TEA: 1 }));
    const [first, second] = [reserved('sale 1', { TEA: 1 }), reserved('sale 2', { TEA: 1 })];
    const changes = await Promise.all([first, second].map(async (each) => decide(await load(each), [each])));

    await write(changes[0] ?? []);
    await expect(write(changes[1] ?? [])).rejects.toMatchObject({ name: 'Conflict', kind: 'version', on: 'stock level' });

    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: 1, reserved: 1 });
    await batch(second);
    expect((await load(second)).reservationOf(tenantId, saleOf('sale 2'))?.state).toBe('refused');
  });

  it('lets a delivery and a reservation pass each other', async () => {
    await batch(delivered({ TEA: 2 }));
    const [first, second] = [reserved('sale 1', { TEA: 1 }), delivered({ TEA: 10 }, 'D-2')];
    const [reservation, delivery] = await Promise.all([first, second].map(async (each) => decide(await load(each), [each])));

    await write(reservation ?? []);
    await write(delivery ?? []);

    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: 12, reserved: 1 });
  });

  it('lets one of two writers have a reservation', async () => {
    await batch(delivered({ TEA: 5 }));
    await batch(reserved('sale 1', { TEA: 1 }));
    const steps = [committed('sale 1', { TEA: 1 }), released('sale 1')];
    const changes = await Promise.all(steps.map(async (each) => decide(await load(each), [each])));

    await write(changes[0] ?? []);
    await expect(write(changes[1] ?? [])).rejects.toBeInstanceOf(Conflict);
    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: 4, reserved: 0 });
  });

  it('counts a sale and a delivery once, whatever else goes wrong', async () => {
    const changes = decide(await load(delivered({ TEA: 5 })), [delivered({ TEA: 5 })]);
    await write(changes);

    await expect(write(changes)).rejects.toMatchObject({ name: 'Conflict', kind: 'duplicate' });
    await expect(write(changes.filter(({ kind }) => kind === 'movement'))).rejects.toMatchObject({ kind: 'duplicate', on: 'pk_stock_ledger' });
    expect(await level('TEA')).toMatchObject({ onHand: 5 });
  });

  it('finds what is due, and nothing else', async () => {
    await batch(delivered({ TEA: 5 }));
    await batch(reserved('sale 1', { TEA: 1 }), reserved('sale 2', { TEA: 1 }), reserved('sale 3', { TEA: 9 }), released('sale 4'));
    await batch(committed('sale 2', { TEA: 1 }));
    const due = { tenantId, storeId, saleId: saleOf('sale 1') };

    expect(await reader().due(new Date(noon + holdForMs - 1), 10)).toEqual([]);
    expect(await reader().due(new Date(noon + holdForMs), 10)).toEqual([due]);

    const ask = step(new AskAboutHold(), reservationDue(due));
    await write(decide(await load(ask), [ask], noon + holdForMs));
    expect(await reader().due(new Date(noon + holdForMs), 10)).toEqual([]);
    expect(await level('TEA')).toEqual({ sku: 'TEA', onHand: 4, reserved: 1 });
    expect(await reader().due(new Date(noon + 2 * holdForMs), 10)).toEqual([due]);
  });

  it('is read page by page', async () => {
    await batch(delivered({ TEA: 5, MILK: 2, bread: 1 }));
    expect((await reader().page(tenantId, storeId, '', 2)).map(({ sku }) => sku)).toEqual(['MILK', 'TEA']);
    expect((await reader().page(tenantId, storeId, 'TEA', 2)).map(({ sku }) => sku)).toEqual(['bread']);
  });

  it('keeps tenants and stores apart', async () => {
    await batch(delivered({ TEA: 5 }));
    expect(await reader().levels('globex' as TenantId, storeId, [skuOf('TEA')])).toEqual([]);
    expect(await reader().page(tenantId, 'YORK-01' as StoreId, '', 10)).toEqual([]);
  });

  it('shows a level that was tampered with', async () => {
    await batch(delivered({ TEA: 5 }));
    await batch(reserved('sale 1', { TEA: 2 }));
    await database.commit(sql`UPDATE stock_level SET on_hand = on_hand + 1, reserved = 0 WHERE sku = 'TEA';`);
    expect(await reader().differences(tenantId, storeId)).toEqual([{ sku: 'TEA', onHand: 6, ledger: 5, reserved: 0, held: 2 }]);
  });

  it('refuses to have less than nothing set aside', async () => {
    await batch(delivered({ TEA: 5 }));
    await expect(database.commit(sql`UPDATE stock_level SET reserved = -1 WHERE sku = 'TEA';`)).rejects.toThrow(/ck_stock_level_reserved/);
  });
});
