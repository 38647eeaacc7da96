import type { http, Message } from '@checkout/contracts';
import type { StoreId, TenantId, TillId } from '@checkout/kernel';
import { entered, hasTaken, newShift, numberFlags, type Shift } from '../domain/shift.ts';
import { counterKey, shiftKey, type ShiftChange, type ShiftHandler } from './shift-ports.ts';

export type EnterShift = Message<'receipt.enter-shift', {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  /** Made by the till's journal: the same entry counts once. */
  readonly entryId: string;
  readonly entry: http.ShiftEntry;
}>;

/**
 * Takes up what a till's journal says of a shift. Nothing is refused, because it has happened: a shift that was never opened here, or a report number
 * that a till has used before, is flagged. Only an id that stood for another entry is told so: silence would lose money that was moved. The store's own report number is given in the commit that closes the shift.
 */
export const enterShift: ShiftHandler<EnterShift, Shift | 'of-another-till' | 'of-another-entry'> = {
  needs: ({ body: { tenantId, storeId, tillId, entry } }) => [{ tenantId, storeId, tillId, shiftId: entry.shiftId }],

  decide(rows, { message: { body: { tenantId, storeId, tillId, entryId, entry } }, now }) {
    const known = rows.shifts.get(shiftKey(tenantId, entry.shiftId));
    if (known && (known.storeId !== storeId || known.tillId !== tillId)) return { answer: 'of-another-till' };
    if (known?.entryIds.includes(entryId)) return { answer: hasTaken(known, entry) ? known : 'of-another-entry' };

    const before = known ?? newShift({ tenantId, storeId, tillId, shiftId: entry.shiftId, currency: entry.currency, firstHeardAt: new Date(now).toISOString() });
    const next = entered(before, entryId, entry);
    if (entry.kind !== 'closed' || before.closed) return { changes: [{ kind: 'shift-saved', shift: next }], effects: [{ event: entry.kind, shift: next }], answer: next };

    const lastOfStore = rows.lastNumbers.get(counterKey(tenantId, storeId, '')) ?? 0;
    const lastOfTill = rows.lastNumbers.get(counterKey(tenantId, storeId, tillId)) ?? 0;
    const closed: Shift = { ...next, reportNumber: lastOfStore + 1, flags: numberFlags(entry.tillReportNumber, lastOfTill) };
    const changes: ShiftChange[] = [
      { kind: 'shift-saved', shift: closed },
      { kind: 'counted', tenantId, storeId, tillId: '', expected: lastOfStore, next: lastOfStore + 1 },
      { kind: 'counted', tenantId, storeId, tillId, expected: lastOfTill, next: Math.max(lastOfTill, entry.tillReportNumber) },
    ];
    return { changes, effects: [{ event: 'closed', shift: closed }], answer: closed };
  },
};
