import type { http } from '@checkout/contracts';
import type { ShiftId } from '@checkout/kernel';
import type { Entry } from './fact.ts';

type EntryOf<Kind extends http.ShiftEntry['kind']> = Extract<http.ShiftEntry, { kind: Kind }>;

/** One shift at this till, as its journal has it. */
export interface TillShift {
  readonly opened: EntryOf<'opened'>;
  readonly movements: readonly EntryOf<'cash-moved'>[];
  readonly closed?: EntryOf<'closed'>;
  /** The store's own number of its report, once the back end has given it. */
  readonly reportNumber?: string;
}

/** What happened to the drawer, and what the back end has not been told of it. */
export interface Drawer {
  readonly shifts: ReadonlyMap<ShiftId, TillShift>;
  readonly open?: TillShift;
  readonly lastReportNumber: number;
  readonly untold: readonly { readonly entryId: string; readonly entry: http.ShiftEntry }[];
}

export const emptyDrawer: Drawer = { shifts: new Map(), lastReportNumber: 0, untold: [] };

/** What the journal says of the drawer. A damaged entry counts for nothing, and is not told. */
export function drawerOf(entries: readonly Entry[], damaged: ReadonlySet<number>): Drawer {
  const shifts = new Map<ShiftId, TillShift>();
  const untold = new Map<string, http.ShiftEntry>();
  let open: ShiftId | undefined;
  let lastReportNumber = 0;
  for (const { seq, fact } of entries) {
    if (damaged.has(seq)) continue;
    if (fact.kind === 'drawer-told' || fact.kind === 'drawer-refused') {
      const entry = untold.get(fact.entryId);
      const shift = entry && shifts.get(entry.shiftId);
      if (shift && fact.kind === 'drawer-told' && fact.reportNumber !== undefined) shifts.set(shift.opened.shiftId, { ...shift, reportNumber: fact.reportNumber });
      untold.delete(fact.entryId);
    }
    if (fact.kind !== 'drawer') continue;
    const { entry } = fact;
    untold.set(fact.entryId, entry);
    if (entry.kind === 'opened') {
      shifts.set(entry.shiftId, { opened: entry, movements: [] });
      open = entry.shiftId;
      continue;
    }
    const shift = shifts.get(entry.shiftId);
    if (!shift) continue;
    if (entry.kind === 'cash-moved') shifts.set(entry.shiftId, { ...shift, movements: [...shift.movements, entry] });
    else {
      shifts.set(entry.shiftId, { ...shift, closed: entry });
      lastReportNumber = Math.max(lastReportNumber, entry.tillReportNumber);
      if (open === entry.shiftId) open = undefined;
    }
  }
  const current = open && shifts.get(open);
  return { shifts, lastReportNumber, untold: [...untold].map(([entryId, entry]) => ({ entryId, entry })), ...(current && { open: current }) };
}
