import { join } from 'node:path';
import { nameBasedUuid, seconds, type SaleId, type TenantId } from '@checkout/kernel';
import { Conflict, Database, join as joined } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import type { Change, Need, PaymentChange } from '../application/ports.ts';
import { ledgerOf } from '../domain/ledger.ts';
import { answered, authorize, capture, tombstone, type Payment, type Sale, type WantedTender } from '../domain/payment.ts';
import { card, cash, done, noon, sale, silence } from '../testing.ts';
import { SqlPaymentReader } from './sql-payment-reader.ts';
import { SqlPayments } from './sql-payments.ts';

let server: TestDatabase;
let database: Database;
let reader: SqlPaymentReader;
const store = new SqlPayments();
let sales = 0;

beforeAll(async () => {
  server = await startTestDatabase([join(import.meta.dirname, 'migrations')], 'payment');
  database = Database.open({ connectionString: server.connectionString, name: 'payment' });
  reader = new SqlPaymentReader(database);
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});

const newSale = (tenantId = sale.tenantId): Sale => ({ ...sale, tenantId, saleId: nameBasedUuid(`sale ${(sales += 1)}`) as SaleId });

/** What the tables hold, whatever the store remembers. */
async function load(...needs: Need[]) {
  store.forgetAll();
  const { select, recordsets, toRows } = store.load(needs);
  return toRows(await database.queries(recordsets, select));
}

const write = (...changes: Change[]) => database.commit(joined(store.write(changes)));
const change = (before: Payment | undefined, after: Payment): PaymentChange => ({ payment: after, ledger: ledgerOf(before, after), audit: [] });

async function stored(of: Sale, ...tenders: WantedTender[]): Promise<Payment> {
  const payment = authorize(of, 'GBP', tenders, noon);
  await write(change(undefined, payment));
  return payment;
}

const answer = (payment: Payment, position: number, outcome = done(`auth_${position}`)): Payment => {
  const { operation, round, attempt } = payment.tenders[position - 1] ?? {};
  if (!operation || round === undefined || attempt === undefined) throw new Error('nothing was asked');
  return answered(payment, position, { operation, round, attempt, outcome }, noon + 20);
};

describe('payments in SQL', () => {
  it('come back as they were written, tenders in order', async () => {
    const payment = await stored(newSale(), card(300), cash(200, 500), card(98, 'tok_visa_2'));
    expect((await load(payment)).get(payment)).toEqual(payment);
  });

  it('come back as they were changed', async () => {
    const before = await stored(newSale(), card(300), cash(200));
    const authorized = answer(before, 1);
    await write(change(before, authorized));
    expect((await load(before)).get(before)).toEqual(authorized);
  });

  it('are written once per batch, however many messages of the batch changed them', async () => {
    const of = newSale();
    const first = authorize(of, 'GBP', [card(300)], noon);
    const second = answer(first, 1);
    const third = capture(second, noon + 40);
    await write(change(undefined, first), change(first, second), change(second, third));
    expect((await load(of)).get(of)).toEqual(third);
    expect((await reader.read(of.tenantId, of.saleId))?.ledger.map(({ kind }) => kind)).toEqual(['authorized']);
    const fourth = answer(third, 1);
    await write(change(third, fourth));
    expect((await load(of)).get(of)).toMatchObject({ state: 'captured', version: 4 });
  });

  it('of many sales travel in one batch', async () => {
    const payments = Array.from({ length: 40 }, () => authorize(newSale(), 'GBP', [card(300), cash(10)], noon));
    await write(...payments.map((payment) => change(undefined, payment)));
    const authorized = payments.map((payment) => answer(payment, 1));
    await write(...authorized.map((payment, index) => change(payments[index], payment)));
    const rows = await load(...payments, ...payments);
    expect(authorized.every((payment) => rows.get(payment)?.state === 'authorized')).toBe(true);
  });

  it('know a sale that was voided before it came', async () => {
    const of = newSale();
    const barred = tombstone(of, noon);
    await write(change(undefined, barred));
    expect((await load(of)).get(of)).toEqual(barred);
  });

  it('are not there for another tenant', async () => {
    const payment = await stored(newSale(), card(300));
    const stranger = { ...payment, tenantId: 'other' as TenantId };
    expect((await load(stranger)).get(stranger)).toBeUndefined();
    expect(await reader.read(stranger.tenantId, payment.saleId)).toBeUndefined();
  });
});

describe('two writers of one payment', () => {
  it('cannot both begin it', async () => {
    const payment = await stored(newSale(), card(300));
    await expect(write(change(undefined, payment))).rejects.toThrow(Conflict);
  });

  it('cannot both change it, and the second leaves nothing behind', async () => {
    const before = await stored(newSale(), card(300), card(200));
    await write(change(before, answer(before, 1)));
    await expect(write(change(before, answer(before, 2)))).rejects.toThrow(Conflict);
    expect((await load(before)).get(before)?.tenders.map(({ state }) => state)).toEqual(['authorized', 'pending']);
    expect((await reader.read(before.tenantId, before.saleId))?.ledger).toHaveLength(1);
  });

  it('cannot book the same money twice, whatever versions say', async () => {
    const before = await stored(newSale(), card(300));
    const after = answer(before, 1);
    await write(change(before, after));
    const again: Change = { payment: { ...after, version: after.version + 1 }, ledger: ledgerOf(before, after), audit: [] };
    await expect(write(again)).rejects.toThrow(Conflict);
    expect((await load(before)).get(before)?.version).toBe(after.version);
  });
});

describe('overdue tenders', () => {
  it('are found once their time has come, of all tenants, and never after an answer', async () => {
    const mine = await stored(newSale(), card(300));
    const others = await stored(newSale('other' as TenantId), card(100), card(200));
    const isOurs = ({ saleId }: { saleId: string }) => saleId === mine.saleId || saleId === others.saleId;
    const found = async (now: number) => (await reader.find(now, 1_000)).filter(isOurs).map(({ saleId, position }) => `${saleId === mine.saleId ? 'mine' : 'others'} ${position}`).toSorted();

    expect(await found(noon + seconds(20) - 1)).toEqual([]);
    expect(await found(noon + seconds(20))).toEqual(['mine 1', 'others 1', 'others 2']);
    await write(change(mine, answer(mine, 1)));
    await write(change(others, answer(others, 2, silence)));
    expect(await found(noon + seconds(2))).toEqual(['others 2']);
    expect(await found(noon + seconds(20))).toEqual(['others 1', 'others 2']);
  });
});

describe('a payment as people read it', () => {
  it('shows state, tenders and books, and no token anywhere', async () => {
    const before = await stored(newSale(), card(300, 'tok_visa_secret'), cash(200, 500));
    const view = await reader.read(before.tenantId, before.saleId);
    expect(view).toEqual({
      saleId: before.saleId,
      storeId: before.storeId,
      state: 'authorizing',
      currency: 'GBP',
      totalMinor: 500,
      createdAt: '2026-01-05T12:00:00.000Z',
      updatedAt: '2026-01-05T12:00:00.000Z',
      tenders: [
        { position: 1, type: 'card', state: 'pending', amountMinor: 300, tenderedMinor: 300, reference: `${before.saleId}:1`, operation: 'authorize', attempt: 1, nextAttemptAt: '2026-01-05T12:00:20.000Z' },
        { position: 2, type: 'cash', state: 'authorized', amountMinor: 200, tenderedMinor: 500, reference: `${before.saleId}:2`, attempt: 0 },
      ],
      refunds: [],
      ledger: [{ position: 2, kind: 'authorized', amountMinor: 200, at: '2026-01-05T12:00:00.000Z' }],
      audit: [],
    });
    expect(JSON.stringify(view)).not.toContain('tok_');
  });
});
