import type { http } from '@checkout/contracts';
import type { ShiftId, StoreId, TenantId, TillId } from '@checkout/kernel';
import { unreachable } from '@checkout/kernel';

type Entry<Kind extends http.ShiftEntry['kind']> = Extract<http.ShiftEntry, { kind: Kind }>;
export type ShiftFlag = http.ShiftView['flags'][number];

/** All that a till has told of one shift. Entries may come in any order, and late: what has happened in the shop is never refused. */
export interface Shift {
  readonly tenantId: TenantId;
  readonly shiftId: ShiftId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  /** By the server's clock. */
  readonly firstHeardAt: string;
  readonly currency: string;
  readonly opened?: Entry<'opened'>;
  readonly movements: readonly Entry<'cash-moved'>[];
  readonly closed?: Entry<'closed'>;
  /** Of the store, once it is closed. */
  readonly reportNumber?: number;
  readonly flags: readonly ShiftFlag[];
  /** Which entries have been counted: one that comes again counts once. */
  readonly entryIds: readonly string[];
  readonly version: number;
}

export const newShift = (of: Pick<Shift, 'tenantId' | 'shiftId' | 'storeId' | 'tillId' | 'firstHeardAt' | 'currency'>): Shift => ({ ...of, movements: [], flags: [], entryIds: [], version: 0 });

/** The shift with one more entry. A shift is opened once and closed once: the first that is told stands. */
export function entered(shift: Shift, entryId: string, entry: http.ShiftEntry): Shift {
  const next = { ...shift, entryIds: [...shift.entryIds, entryId], version: shift.version + 1 };
  switch (entry.kind) {
    case 'opened':
      return shift.opened ? next : { ...next, opened: entry };
    case 'cash-moved':
      return { ...next, movements: [...shift.movements, entry] };
    case 'closed':
      return shift.closed ? next : { ...next, closed: entry };
    default:
      return unreachable(entry);
  }
}

/** Whether an entry whose id is known can be the one that was told under it. Of openings and closings only the first stands, so any later one may be a repeat. */
export function hasTaken({ opened, movements, closed }: Pick<Shift, 'opened' | 'movements' | 'closed'>, entry: http.ShiftEntry): boolean {
  switch (entry.kind) {
    case 'opened':
      return opened !== undefined;
    case 'cash-moved':
      return movements.some(({ direction, amountMinor, at }) => direction === entry.direction && amountMinor === entry.amountMinor && at === entry.at);
    case 'closed':
      return closed !== undefined;
    default:
      return unreachable(entry);
  }
}

/** What is not as it should be about the number that a till gave its report. */
export function numberFlags(tillReportNumber: number, lastOfTill: number): readonly ShiftFlag[] {
  if (tillReportNumber <= lastOfTill) return ['report-number-repeated'];
  return tillReportNumber > lastOfTill + 1 ? ['report-number-skipped'] : [];
}
