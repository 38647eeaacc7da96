import { join } from 'node:path';
import { nameBasedUuid, type SaleId, type TenantId } from '@checkout/kernel';
import { Conflict, Database, join as joined } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import type { Change, Webhook } from '../application/ports.ts';
import { ledgerOf } from '../domain/ledger.ts';
import { authorize, capture, answered, type Payment } from '../domain/payment.ts';
import { card, done, noon, sale } from '../testing.ts';
import { SqlBooks } from './sql-books.ts';
import { SqlPaymentReader } from './sql-payment-reader.ts';
import { SqlPayments } from './sql-payments.ts';

let server: TestDatabase;
let database: Database;
const store = new SqlPayments();
let sales = 0;
const newSale = () => ({ ...sale, saleId: nameBasedUuid(`doubtful sale ${(sales += 1)}`) as SaleId });

beforeAll(async () => {
  server = await startTestDatabase([join(import.meta.dirname, 'migrations')], 'payment');
  database = Database.open({ connectionString: server.connectionString, name: 'payment' });
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});

const write = (...changes: Change[]) => database.commit(joined(store.write(changes)));
const change = (before: Payment | undefined, after: Payment, audit: Extract<Change, { audit: unknown }>['audit'] = []): Change => ({ payment: after, ledger: ledgerOf(before, after), audit });
async function found(webhook: Pick<Webhook, 'tenantId' | 'webhookId'>, saleId: SaleId): Promise<Webhook | undefined> {
  const { select, recordsets, toRows } = store.load([{ ...webhook, saleId }]);
  return toRows(await database.queries(recordsets, select)).webhook(webhook.tenantId, webhook.webhookId);
}

const notice = { providerId: 'auth_1', status: 'authorized', declineCode: undefined, amountMinor: 598, currency: 'GBP', position: 1 } as const;
const parked = (webhookId: string, saleId: SaleId): Webhook =>
  ({ tenantId: sale.tenantId, webhookId, state: 'parked', bodyHash: 'a'.repeat(64), type: 'authorization.authorized', receivedAt: noon, parked: { saleId, notice, nextLookAt: noon + 60_000 } });

describe('webhooks in SQL', () => {
  it('are found again as they were written, and when they are due', async () => {
    const { saleId, tenantId } = newSale();
    const webhook = parked('evt_1', saleId);
    await write({ webhook, isNew: true });
    expect(await found(webhook, saleId)).toEqual(webhook);
    const reader = new SqlPaymentReader(database);
    expect(await reader.parked(noon + 59_999, 10)).toEqual([]);
    expect(await reader.parked(noon + 60_000, 10)).toEqual([{ tenantId, saleId, webhookId: 'evt_1' }]);

    await write({ webhook: { ...webhook, state: 'applied', parked: null }, isNew: false });
    expect(await found(webhook, saleId)).toMatchObject({ state: 'applied', parked: null });
    expect(await reader.parked(noon + 60_000, 10)).toEqual([]);
  });

  it('count once for a tenant, whoever handles the second', async () => {
    const { saleId } = newSale();
    await write({ webhook: parked('evt_2', saleId), isNew: true });
    await expect(write({ webhook: parked('evt_2', saleId), isNew: true })).rejects.toMatchObject({ kind: 'duplicate', on: 'pk_provider_webhook' });
    await write({ webhook: { ...parked('evt_2', saleId), tenantId: 'globex' as TenantId }, isNew: true });
  });

  it('that are parked no longer cannot be applied twice', async () => {
    const { saleId } = newSale();
    const applied = { webhook: { ...parked('evt_3', saleId), state: 'applied', parked: null }, isNew: false } as const;
    await write({ webhook: parked('evt_3', saleId), isNew: true });
    await write(applied);
    await expect(write(applied)).rejects.toThrow(Conflict);
  });

  it('never trust what is remembered of the payment', async () => {
    const of = newSale();
    await write(change(undefined, authorize(of, 'GBP', [card(598)], noon)));
    expect(store.load([of]).isFromMemory).toBe(true);
    expect(store.load([{ ...of, webhookId: 'evt_4' }]).isFromMemory).toBe(false);
  });
});

describe('the trail in SQL', () => {
  it('is read in the order in which it came about', async () => {
    const of = newSale();
    const asked = authorize(of, 'GBP', [card(598)], noon);
    const held = answered(asked, 1, { operation: 'authorize', round: 1, attempt: 1, outcome: done() }, noon + 1_000);
    await write(
      change(undefined, asked, [{ position: 1, source: 'provider', event: 'in-doubt', detail: 'authorize, request 1: time-out' }, { source: 'resolver', event: 'attention-needed', detail: 'unresolved' }]),
      change(asked, held, [{ position: 1, source: 'operator:jürgen', event: 'resolved-by-person', detail: 'done: “on the phone”' }]),
    );
    expect((await new SqlPaymentReader(database).read(of.tenantId, of.saleId))?.audit).toEqual([
      { at: '2026-01-05T12:00:00.000Z', position: 1, source: 'provider', event: 'in-doubt', detail: 'authorize, request 1: time-out' },
      { at: '2026-01-05T12:00:00.000Z', source: 'resolver', event: 'attention-needed', detail: 'unresolved' },
      { at: '2026-01-05T12:00:01.000Z', position: 1, source: 'operator:jürgen', event: 'resolved-by-person', detail: 'done: “on the phone”' },
    ]);
  });
});

describe('our side of the books', () => {
  it('says of each tender how it stands and what was booked', async () => {
    const of = newSale();
    const asked = authorize(of, 'GBP', [card(400), card(198)], noon);
    const answer = (operation: 'authorize' | 'capture') => ({ operation, round: 1, attempt: 1, outcome: done() });
    const held = answered(answered(asked, 1, answer('authorize'), noon), 2, answer('authorize'), noon);
    const taken = answered(capture(held, noon), 1, answer('capture'), noon);
    await write(change(undefined, asked), change(asked, held), change(held, taken));
    const books = await new SqlBooks(database).of([{ ...of, position: 1 }, { ...of, position: 2 }, { ...of, position: 1 }, { ...newSale(), position: 1 }]);
    const [first, second] = [books({ ...of, position: 1 }), books({ ...of, position: 2 })];
    expect(first).toMatchObject({ state: 'captured', providerId: 'auth_1', currency: 'GBP' });
    expect(first?.entries.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`).toSorted()).toEqual(['authorized 400', 'captured 400']);
    expect(second?.entries).toEqual([{ kind: 'authorized', amountMinor: 198 }]);
    expect(books({ ...newSale(), position: 1 })).toBeUndefined();
  });

  it('remember how far they were compared, forward only', async () => {
    const books = new SqlBooks(database);
    expect(await books.comparedUpTo()).toBe(0);
    for (const sequence of [500, 1_000, 700]) await books.noteComparedUpTo(sequence, noon);
    expect(await books.comparedUpTo()).toBe(1_000);
  });
});
