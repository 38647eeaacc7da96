import type { http } from '@checkout/contracts';
import type { ShiftId, TillId } from '@checkout/kernel';
import { aShiftEntry, storeId, tenantId, tillId } from '../testing.ts';
import { SqlShifts } from '../store/sql-shifts.ts';
import { enterShift } from './enter-shift.ts';
import type { ShiftRows } from './shift-ports.ts';

const noRows = (): ShiftRows => ({ shifts: new Map(), lastNumbers: new Map() });
let entries = 0;

function tell(rows: ShiftRows, entry: http.ShiftEntry, { entryId = `entry ${(entries += 1)}`, of = tillId } = {}) {
  const message = { type: 'receipt.enter-shift', body: { tenantId, storeId, tillId: of, entryId, entry } } as const;
  const decision = enterShift.decide(rows, { message, envelope: { id: 'm', source: '/t', type: message.type, time: '', tenantId }, now: Date.parse('2026-01-05T18:00:00.000Z') });
  for (const change of decision.changes ?? []) new SqlShifts().apply(rows, change);
  return decision;
}
const { opened, moved, closed } = aShiftEntry;

it('follows a drawer from its float to its count, and numbers its report', () => {
  const rows = noRows();
  tell(rows, opened());
  tell(rows, moved('out', 2_000));
  expect(tell(rows, closed()).answer).toMatchObject({ reportNumber: 1, flags: [], opened: { floatMinor: 10_000 }, movements: [{ direction: 'out', amountMinor: 2_000 }], closed: { countedMinor: 8_598 } });
});

it('counts an entry once that comes twice, and lets the first closing stand', () => {
  const rows = noRows();
  tell(rows, moved('in', 500), { entryId: 'once' });
  expect(tell(rows, moved('in', 500), { entryId: 'once' }).changes).toBeUndefined();
  tell(rows, closed());
  expect(tell(rows, closed({ countedMinor: 1 })).answer).toMatchObject({ reportNumber: 1, movements: [{ amountMinor: 500 }], closed: { countedMinor: 8_598 } });
});

it.each([
  ['other cash', moved('in', 700)],
  ['a float', opened()],
  ['a count', closed()],
] as const)('takes no second thing under the id of an entry that was another: %s', (_, entry) => {
  const rows = noRows();
  tell(rows, moved('in', 500), { entryId: 'once' });
  expect(tell(rows, entry, { entryId: 'once' })).toEqual({ answer: 'of-another-entry' });
  expect(tell(rows, entry).changes).toContainEqual(expect.objectContaining({ kind: 'shift-saved' }));
});

it('takes entries in any order', () => {
  const rows = noRows();
  tell(rows, closed());
  expect(tell(rows, opened()).answer).toMatchObject({ reportNumber: 1, opened: { floatMinor: 10_000 }, closed: { tillReportNumber: 1 } });
});

it('numbers the reports of a store without a gap, over all its tills', () => {
  const rows = noRows();
  const closings = ['T1', 'T2', 'T1'].map((till, index) => tell(rows, closed({ shiftId: `shift-${index}` as ShiftId, tillReportNumber: till === 'T1' && index > 0 ? 2 : 1 }), { of: till as TillId }).answer);
  expect(closings).toMatchObject([{ reportNumber: 1, flags: [] }, { reportNumber: 2, flags: [] }, { reportNumber: 3, flags: [] }]);
});

it.each([
  [1, 'report-number-repeated'],
  [3, 'report-number-skipped'],
] as const)('flags a till whose second report has the number %s, and closes its shift all the same', (tillReportNumber, flag) => {
  const rows = noRows();
  tell(rows, closed());
  expect(tell(rows, closed({ shiftId: 'another' as ShiftId, tillReportNumber })).answer).toMatchObject({ reportNumber: 2, flags: [flag] });
});

it('changes no shift of another till', () => {
  const rows = noRows();
  tell(rows, opened());
  expect(tell(rows, closed(), { of: 'LEEDS-01-T2' as TillId })).toEqual({ answer: 'of-another-till' });
});
