import type { Load, Store } from '@checkout/messaging';
import { int, json, sql, type Sql } from '@checkout/sql';
import type { z } from 'zod';
import { counterKey, shiftKey, type ShiftChange, type ShiftNeed, type ShiftRows } from '../application/shift-ports.ts';
import type { Shift } from '../domain/shift.ts';
import { CounterRow, ShiftRow } from './shift-row.ts';

type Saved = Extract<ShiftChange, { kind: 'shift-saved' }>;
type Counted = Extract<ShiftChange, { kind: 'counted' }>;

export const shiftColumns = sql`
  s.tenant_id AS tenantId, s.shift_id AS shiftId, s.store_id AS storeId, s.till_id AS tillId, s.first_heard_at AS firstHeardAt, s.report_number AS reportNumber, s.document, s.version`;

/** Shifts and their counters in Azure SQL, as the pipeline uses them. */
export class SqlShifts implements Store<ShiftNeed, ShiftRows, ShiftChange> {
  load(needs: readonly ShiftNeed[]): Load<ShiftRows> {
    return {
      select: select(needs),
      recordsets: [ShiftRow, CounterRow],
      toRows([shifts = [], counters = []]) {
        // The pipeline has parsed each recordset by its schema.
        return {
          shifts: new Map((shifts as readonly Shift[]).map((shift) => [shiftKey(shift.tenantId, shift.shiftId), shift])),
          lastNumbers: new Map((counters as readonly z.output<typeof CounterRow>[]).map(({ tenantId, storeId, tillId, lastNumber }) => [counterKey(tenantId, storeId, tillId), lastNumber])),
        };
      },
    };
  }

  apply(rows: ShiftRows, change: ShiftChange): void {
    if (change.kind === 'shift-saved') rows.shifts.set(shiftKey(change.shift.tenantId, change.shift.shiftId), change.shift);
    else rows.lastNumbers.set(counterKey(change.tenantId, change.storeId, change.tillId), change.next);
  }

  write(changes: readonly ShiftChange[]): readonly Sql[] {
    const shifts = lastOf(changes.filter((change): change is Saved => change.kind === 'shift-saved'));
    const counters = movedOf(changes.filter((change): change is Counted => change.kind === 'counted'));
    const [fresh, known] = [shifts.filter(({ before }) => before === 0), shifts.filter(({ before }) => before > 0)];
    const [first, later] = [counters.filter(({ expected }) => expected === 0), counters.filter(({ expected }) => expected > 0)];
    return [
      ...(first.length > 0 ? [insertCounters(first)] : []),
      ...(later.length > 0 ? [updateCounters(later)] : []),
      ...(fresh.length > 0 ? [insert(fresh)] : []),
      ...(known.length > 0 ? [update(known)] : []),
    ];
  }
}

/** Each shift once, from the version it was decided on to the last. */
function lastOf(saved: readonly Saved[]) {
  const saves = new Map<string, { readonly before: number; readonly shift: Shift }>();
  for (const { shift } of saved) {
    const key = shiftKey(shift.tenantId, shift.shiftId);
    saves.set(key, { before: saves.get(key)?.before ?? shift.version - 1, shift });
  }
  return [...saves.values()];
}

function movedOf(counted: readonly Counted[]): Counted[] {
  const moved = new Map<string, Counted>();
  for (const each of counted) {
    const key = counterKey(each.tenantId, each.storeId, each.tillId);
    moved.set(key, { ...each, expected: moved.get(key)?.expected ?? each.expected });
  }
  return [...moved.values()];
}

const select = (needs: readonly ShiftNeed[]): Sql => sql`
  SELECT ${shiftColumns}
  FROM OPENJSON(${json(needs.map(({ tenantId, shiftId }) => ({ tenantId, shiftId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', shiftId VARCHAR(64) '$.shiftId') AS j
  JOIN shift AS s ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.shift_id = j.shiftId COLLATE Latin1_General_100_BIN2;
  SELECT c.tenant_id AS tenantId, c.store_id AS storeId, c.till_id AS tillId, c.last_number AS lastNumber
  FROM OPENJSON(${json(needs.flatMap(({ tenantId, storeId, tillId }) => [{ tenantId, storeId, tillId }, { tenantId, storeId, tillId: '' }]))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', tillId VARCHAR(40) '$.tillId') AS j
  JOIN shift_counter AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND c.till_id = j.tillId COLLATE Latin1_General_100_BIN2;`;

/** Another writer that heard of the shift first makes this fail on the primary key, and the batch is decided again. */
const insert = (fresh: readonly { readonly shift: Shift }[]): Sql => sql`
  INSERT INTO shift (tenant_id, shift_id, store_id, till_id, first_heard_at, report_number, document, version)
  SELECT j.tenantId, j.shiftId, j.storeId, j.tillId, j.firstHeardAt, j.reportNumber, j.document, j.version
  FROM OPENJSON(${json(fresh.map(({ shift }) => rowOf(shift)))})
    WITH (tenantId VARCHAR(40) '$.tenantId', shiftId VARCHAR(64) '$.shiftId', storeId VARCHAR(40) '$.storeId', tillId VARCHAR(40) '$.tillId', firstHeardAt DATETIME2(3) '$.firstHeardAt',
      reportNumber INT '$.reportNumber', document NVARCHAR(MAX) '$.document' AS JSON, version INT '$.version') AS j;`;

const update = (known: readonly { readonly before: number; readonly shift: Shift }[]): Sql => sql`
  UPDATE s
  SET report_number = j.reportNumber, document = j.document, version = j.version
  FROM OPENJSON(${json(known.map(({ before, shift }) => ({ before, ...rowOf(shift) })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', shiftId VARCHAR(64) '$.shiftId', reportNumber INT '$.reportNumber', document NVARCHAR(MAX) '$.document' AS JSON, before INT '$.before', version INT '$.version') AS j
  JOIN shift AS s ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.shift_id = j.shiftId COLLATE Latin1_General_100_BIN2 AND s.version = j.before;
  IF @@ROWCOUNT <> ${int(known.length)} THROW 51001, 'shift', 1;`;

const insertCounters = (first: readonly Counted[]): Sql => sql`
  INSERT INTO shift_counter (tenant_id, store_id, till_id, last_number)
  SELECT j.tenantId, j.storeId, j.tillId, j.next
  FROM OPENJSON(${json(first)})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', tillId VARCHAR(40) '$.tillId', next INT '$.next') AS j;`;

const updateCounters = (later: readonly Counted[]): Sql => sql`
  UPDATE c
  SET last_number = j.next
  FROM OPENJSON(${json(later)})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', tillId VARCHAR(40) '$.tillId', expected INT '$.expected', next INT '$.next') AS j
  JOIN shift_counter AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND c.till_id = j.tillId COLLATE Latin1_General_100_BIN2 AND c.last_number = j.expected;
  IF @@ROWCOUNT <> ${int(later.length)} THROW 51001, 'shift counter', 1;`;

const rowOf = ({ tenantId, shiftId, storeId, tillId, firstHeardAt, reportNumber, currency, opened, movements, closed, flags, entryIds, version }: Shift) => ({
  tenantId, shiftId, storeId, tillId, firstHeardAt: firstHeardAt.slice(0, -1), reportNumber, version, document: { currency, opened, movements, closed, flags, entryIds },
});
