import { join as joinPath } from 'node:path';
import type { http } from '@checkout/contracts';
import type { CommandId, ShiftId, StoreId } from '@checkout/kernel';
import { Database, join, sql } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { enterShift } from '../application/enter-shift.ts';
import { IssueReceipt } from '../application/issue-receipt.ts';
import { ReadShift } from '../application/read-shift.ts';
import { aShiftEntry, handle, paid, saleOf, shiftId, storeId, tenantId, tillId } from '../testing.ts';
import { saleIdOf } from '@checkout/kernel';
import { SqlReceipts } from './sql-receipts.ts';
import { SqlShiftReader } from './sql-shift-reader.ts';
import { SqlShifts } from './sql-shifts.ts';

let server: TestDatabase;
let database: Database;
const store = new SqlShifts();

beforeAll(async () => {
  server = await startTestDatabase([joinPath(import.meta.dirname, 'migrations')], 'receipt');
  database = Database.open({ connectionString: server.connectionString, name: 'receipt' });
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => database.commit(sql`DELETE FROM shift; DELETE FROM shift_counter; DELETE FROM receipt_counter; DELETE FROM receipt; DELETE FROM sale_journal;`));

const { opened, moved, closed } = aShiftEntry;
const messageOf = (entryId: string, entry: http.ShiftEntry) => ({ type: 'receipt.enter-shift', body: { tenantId, storeId, tillId, entryId, entry } }) as const;

async function decide(...entries: readonly (readonly [string, http.ShiftEntry])[]) {
  const messages = entries.map(([entryId, entry]) => messageOf(entryId, entry));
  const { select, recordsets, toRows } = store.load(messages.flatMap((message) => [...enterShift.needs(message)]));
  const rows = toRows(await database.queries(recordsets, select));
  return messages.flatMap((message) => {
    const { changes = [] } = enterShift.decide(rows, { message, envelope: { id: 'm', source: '/t', type: message.type, time: '', tenantId }, now: Date.parse('2026-01-05T08:00:00.000Z') });
    for (const change of changes) store.apply(rows, change);
    return changes;
  });
}
const write = (changes: Awaited<ReturnType<typeof decide>>) => database.commit(join([...store.write(changes)]));
const reader = () => new SqlShiftReader(database);

it('come back as they were told, with the sales that were made in them', async () => {
  await write(await decide(['e1', opened()], ['e2', moved('in', 500)]));
  await write(await decide(['e3', closed()]));
  const commandId = '0190a5c2-0000-7000-8000-000000000001' as CommandId;
  const receipts = new SqlReceipts();
  const issue = new IssueReceipt();
  const ofShift = paid('', { saleId: saleIdOf(tenantId, commandId), commandId, shiftId });
  const { select, recordsets, toRows } = receipts.load(issue.needs(ofShift));
  const rows = toRows(await database.queries(recordsets, select));
  const changes = [ofShift, paid('a sale of no shift', { saleId: saleOf('b') })].flatMap((message) => [...(handle(rows, issue, message).changes ?? [])]);
  await database.commit(join([...receipts.write(changes)]));

  expect(await reader().find(tenantId, shiftId)).toMatchObject({ version: 3, reportNumber: 1, movements: [{ amountMinor: 500 }], opened: { floatMinor: 10_000 }, closed: { countedMinor: 8_598 } });
  expect(await reader().arrived(tenantId, [commandId, '0190a5c2-0000-7000-8000-000000000002' as CommandId])).toEqual([commandId]);
  expect(await new ReadShift(reader()).byId(tenantId, shiftId)).toMatchObject({ reportNumber: 'Z-000001', figures: { sales: 1, grossMinor: 598, tenders: [{ count: 0 }, { type: 'card', count: 1, amountMinor: 598 }] } });
  expect(await reader().newest(tenantId, storeId)).toMatchObject([{ shiftId }]);
  expect(await reader().newest(tenantId, 'YORK-01' as StoreId)).toEqual([]);
});

it('never get one report number twice from two writers, and leave no gap', async () => {
  await write(await decide(['e1', closed()]));
  const [first, second] = await Promise.all([decide(['e2', closed({ shiftId: 'two' as ShiftId, tillReportNumber: 2 })]), decide(['e3', closed({ shiftId: 'three' as ShiftId, tillReportNumber: 3 })])]);
  await write(first);
  await expect(write(second)).rejects.toMatchObject({ name: 'Conflict', on: 'shift counter' });
  await write(await decide(['e3', closed({ shiftId: 'three' as ShiftId, tillReportNumber: 3 })]));
  expect(await reader().find(tenantId, 'three' as ShiftId)).toMatchObject({ reportNumber: 3, flags: [] });
});
