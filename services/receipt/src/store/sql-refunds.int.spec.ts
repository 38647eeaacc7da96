import { join as joinPath } from 'node:path';
import { receipt, refund } from '@checkout/contracts';
import type { CommandId, TenantId } from '@checkout/kernel';
import { Conflict, Database, join } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { AcceptRefund } from '../application/accept-refund.ts';
import { CheckNumbers } from '../application/check-numbers.ts';
import { cancelRefund } from '../application/end-refund.ts';
import { IssueCreditNote } from '../application/issue-credit-note.ts';
import { IssueReceipt } from '../application/issue-receipt.ts';
import type { RefundBooks, RefundChange, RefundHandler } from '../application/refund-ports.ts';
import { aRefundOf, handle, handleRefund, issuedAtMs, paid, saleOf, storeId, tenantId } from '../testing.ts';
import { SqlPapers } from './sql-papers.ts';
import { SqlReceiptReader } from './sql-receipt-reader.ts';
import { SqlRefundReader } from './sql-refund-reader.ts';

let server: TestDatabase;
let database: Database;
const store = new SqlPapers();

beforeAll(async () => {
  server = await startTestDatabase([joinPath(import.meta.dirname, 'migrations')], 'receipt');
  database = Database.open({ connectionString: server.connectionString, name: 'receipt' });
  await write(handle(await load([{ tenantId, storeId, saleId: saleOf('sale 1') }]), new IssueReceipt(), paid('sale 1')).changes ?? []);
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});

async function load(needs: Parameters<SqlPapers['load']>[0]): Promise<RefundBooks> {
  const { select, recordsets, toRows } = store.load(needs);
  return toRows(await database.queries(recordsets, select));
}
const write = (changes: Parameters<SqlPapers['write']>[0]) => database.commit(join([...store.write(changes)]));
type Decided = { readonly changes?: readonly RefundChange[] };
const request = (last: number, quantity: number) => aRefundOf([{ line: 1, quantity, goods: 'restock' }], quantity * 299, { commandId: `0190a5c2-0001-7000-8000-00000000000${last}` as CommandId });
const need = ({ refundId }: ReturnType<typeof request>) => ({ tenantId, storeId, saleId: saleOf('sale 1'), refundId });
const accept = (books: RefundBooks, asked: ReturnType<typeof request>): Decided => handleRefund(books, new AcceptRefund(1_000_000), { type: 'receipt.request-refund', body: asked });
const decide = (books: RefundBooks, handler: unknown, message: receipt.IssueCreditNote | refund.RefundCancelled): Decided => handleRefund(books, handler as RefundHandler<typeof message>, message, issuedAtMs + 1_000);
const reader = () => new SqlRefundReader(database);

it('lets one of two writers take the same pieces, and shows them to the other when it looks again', async () => {
  const [one, two] = [request(1, 2), request(2, 2)];
  const decided = await Promise.all([one, two].map(async (asked) => accept(await load([need(asked)]), asked)));
  await write(decided[0]?.changes ?? []);
  await expect(write(decided[1]?.changes ?? [])).rejects.toThrow(Conflict);
  expect(accept(await load([need(two)]), two)).toMatchObject({ answer: { code: 'refund-exceeds-sale' } });
  expect(await reader().byCommand(tenantId, one.refundId)).toMatchObject({ state: 'accepted', totalMinor: 598, document: { parts: [{ position: 1, via: 'card', amountMinor: 598 }] } });
  expect(await reader().byCommand('other' as TenantId, one.refundId)).toBeUndefined();
});

it('frees what a declined refund held, numbers credit notes from 1, and the check of numbers agrees', async () => {
  const { refundId } = request(1, 2);
  await write(decide(await load([need(request(1, 2))]), cancelRefund, refund.RefundCancelled({ ...need(request(1, 2)), reason: { code: 'refund-declined', message: 'no' } })).changes ?? []);
  expect(await reader().byCommand(tenantId, refundId)).toMatchObject({ state: 'declined', because: { code: 'refund-declined' } });

  for (const last of [3, 4]) {
    const asked = request(last, 1);
    await write(accept(await load([need(asked)]), asked).changes ?? []);
    await write(decide(await load([need(asked)]), new IssueCreditNote(), receipt.IssueCreditNote({ ...need(asked), parts: [{ position: 1, via: 'card', amountMinor: 299 }] })).changes ?? []);
    expect(await reader().byCommand(tenantId, asked.refundId)).toMatchObject({ creditNote: { series: 'C', number: last - 2 } });
  }
  const found = await reader().ofSale(tenantId, saleOf('sale 1'));
  expect(found?.of.refunds.map(({ state }) => state)).toEqual(['declined', 'accepted', 'accepted']);
  const report = await new CheckNumbers(new SqlReceiptReader(database)).of(tenantId, storeId);
  expect(report).toMatchObject({ ok: true, series: [{ series: 'C', receipts: 2, highest: 2, journalled: 2 }, { series: 'S', receipts: 1 }] });
});
