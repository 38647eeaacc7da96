import { join as joinPath } from 'node:path';
import type { receipt } from '@checkout/contracts';
import type { StoreId, TenantId } from '@checkout/kernel';
import { Database, join, sql } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { CheckNumbers } from '../application/check-numbers.ts';
import { IssueReceipt } from '../application/issue-receipt.ts';
import { ReadJournal } from '../application/read-journal.ts';
import type { Receipt } from '../domain/receipt.ts';
import { aLine, handle, issuedAtMs, paid, saleOf, storeId, tenantId } from '../testing.ts';
import { SqlReceiptReader } from './sql-receipt-reader.ts';
import { SqlReceipts } from './sql-receipts.ts';

let server: TestDatabase;
let database: Database;
const store = new SqlReceipts();
const issue = new IssueReceipt();

beforeAll(async () => {
  server = await startTestDatabase([joinPath(import.meta.dirname, 'migrations')], 'receipt');
  database = Database.open({ connectionString: server.connectionString, name: 'receipt' });
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => database.commit(sql`DELETE FROM receipt_counter; DELETE FROM receipt; DELETE FROM sale_journal;`));

/** Loads and decides, as the pipeline does for a batch. */
async function decide(messages: readonly receipt.IssueReceipt[], now = issuedAtMs): Promise<Receipt[]> {
  const { select, recordsets, toRows } = store.load(messages.flatMap((message) => [...issue.needs(message)]));
  const receipts = toRows(await database.queries(recordsets, select));
  return messages.flatMap((message) => [...(handle(receipts, issue, message, now).changes ?? [])]);
}
const write = (issued: readonly Receipt[]) => database.commit(join([...store.write(issued)]));
const batch = async (messages: readonly receipt.IssueReceipt[], now?: number) => write(await decide(messages, now));

const reader = () => new SqlReceiptReader(database);
const numbersAreWhole = async (of: StoreId = storeId) => new CheckNumbers(reader()).of(tenantId, of);

describe('receipts in the database', () => {
  it('come back as they were written', async () => {
    const command = paid('sale 1', {
      lines: [aLine(), aLine({ description: 'Crème "brûlée" 抹茶 👩‍🍳', taxRateBp: 0 })],
      tenders: [
        { type: 'card', amountMinor: 1_000, tenderedMinor: 1_000 },
        { type: 'cash', amountMinor: 196, tenderedMinor: 200 },
      ],
    });
    const issued = await decide([command]);
    await write(issued);

    expect(await reader().bySale(tenantId, saleOf('sale 1'))).toEqual(issued[0]);
    expect(await reader().byNumber(tenantId, storeId, 'S', 1)).toEqual(issued[0]);
    expect(await decide([command])).toEqual([]);
  });

  it('are numbered from one to n over batches and stores', async () => {
    await batch(['sale 1', 'sale 2', 'sale 3'].map((sale) => paid(sale)));
    await batch([paid('sale 4'), paid('sale 5', { storeId: 'YORK-01' as StoreId }), paid('sale 6')]);

    expect((await reader().byNumber(tenantId, storeId, 'S', 5))?.saleId).toBe(saleOf('sale 6'));
    expect(await numbersAreWhole()).toMatchObject({ ok: true, series: [{ lastNumber: 5, receipts: 5 }] });
    expect(await numbersAreWhole('YORK-01' as StoreId)).toMatchObject({ ok: true, series: [{ lastNumber: 1 }] });
  });

  it('never get one number from two writers', async () => {
    await batch([paid('sale 1')]);
    const [first, second] = await Promise.all([decide([paid('sale 2')]), decide([paid('sale 3')])]);

    await write(first);
    await expect(write(second)).rejects.toMatchObject({ name: 'Conflict', kind: 'version', on: 'receipt counter' });

    await batch([paid('sale 3')]);
    expect(await numbersAreWhole()).toMatchObject({ ok: true, series: [{ lastNumber: 3 }] });
  });

  it('never get the first number from two writers', async () => {
    const [first, second] = await Promise.all([decide([paid('sale 1')]), decide([paid('sale 2')])]);

    await write(first);
    await expect(write(second)).rejects.toMatchObject({ name: 'Conflict', kind: 'duplicate', on: 'pk_receipt_counter' });
  });

  it('K28 leave no gap when the unit of work fails', async () => {
    await batch([paid('sale 1')]);
    const issued = await decide([paid('sale 2')]);

    await expect(database.commit(join([...store.write(issued), sql`THROW 50000, 'crash', 1;`]))).rejects.toThrow('crash');

    await batch([paid('sale 3')]);
    expect(await numbersAreWhole()).toMatchObject({ ok: true, series: [{ lastNumber: 2 }] });
  });

  it('are no business of another tenant', async () => {
    await batch([paid('sale 1')]);
    expect(await reader().bySale('globex' as TenantId, saleOf('sale 1'))).toBeUndefined();
    expect(await reader().byNumber('globex' as TenantId, storeId, 'S', 1)).toBeUndefined();
  });

  it('are added up by day and currency', async () => {
    const day = 24 * 3_600_000;
    await batch([paid('sale 1'), paid('sale 2'), paid('sale 3', { currency: 'EUR' })]);
    await batch([paid('sale 4')], issuedAtMs + day);
    await batch([paid('sale 5')], issuedAtMs + 2 * day);

    expect(await new ReadJournal(reader()).between(tenantId, storeId, '2026-01-05', '2026-01-06')).toEqual([
      { day: '2026-01-05', currency: 'EUR', sales: 1, netMinor: 498, taxMinor: 100, grossMinor: 598, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 },
      { day: '2026-01-05', currency: 'GBP', sales: 2, netMinor: 996, taxMinor: 200, grossMinor: 1_196, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 },
      { day: '2026-01-06', currency: 'GBP', sales: 1, netMinor: 498, taxMinor: 100, grossMinor: 598, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 },
    ]);
  });

  it('are missed when they are gone', async () => {
    await batch([paid('sale 1'), paid('sale 2')]);
    await database.commit(sql`DELETE FROM receipt WHERE number = 1;`);

    expect((await numbersAreWhole()).series[0]?.findings).toEqual(['the first number is 2', '1 numbers go up to 2', '1 receipts have 2 journal entries']);
  });
});
