import type { http } from '@checkout/contracts';
import { saleIdOf, type ShiftId, type StoreId, type TenantId } from '@checkout/kernel';
import type { z } from 'zod';
import { printed } from '../domain/receipt-number.ts';
import { figuresOf } from '../domain/shift-figures.ts';
import type { Shift, ShiftFlag } from '../domain/shift.ts';
import type { ShiftReader } from './shift-ports.ts';

/** Reports of shifts have a series of their own. */
const reportSeries = 'Z';

/** A shift as an X or Z report shows it: by all that has reached the server, also what came after the till had closed. */
export class ReadShift {
  readonly #shifts: ShiftReader;

  constructor(shifts: ShiftReader) {
    this.#shifts = shifts;
  }

  async byId(tenantId: TenantId, shiftId: ShiftId): Promise<http.ShiftView | undefined> {
    const shift = await this.#shifts.find(tenantId, shiftId);
    return shift && this.view(shift);
  }

  async view(shift: Shift): Promise<http.ShiftView> {
    const { tenantId, shiftId, closed } = shift;
    const carried = closed?.carriedOver ?? [];
    const [sales, refunds, arrived] = await Promise.all([this.#shifts.sales(tenantId, shiftId), this.#shifts.refunds(tenantId, shiftId), this.#shifts.arrived(tenantId, carried.map(({ commandId }) => commandId))]);
    const figures = figuresOf(shift, sales, refunds);
    const has = new Set(arrived);
    return {
      ...headOf(shift, isOtherwise(shift, figures) ? ['differs-from-till'] : []),
      figures,
      ...(closed && { differenceMinor: closed.countedMinor - figures.expectedCashMinor, told: closed.figures }),
      carriedOver: carried.map((each) => ({ ...each, hasArrived: has.has(each.commandId) })),
    };
  }

  async newest(tenantId: TenantId, storeId: StoreId | undefined): Promise<z.output<typeof http.ShiftList>> {
    return { shifts: (await this.#shifts.newest(tenantId, storeId)).map((shift) => headOf(shift)) };
  }
}

function headOf({ shiftId, storeId, tillId, currency, opened, closed, reportNumber, flags }: Shift, more: readonly ShiftFlag[] = []) {
  return {
    shiftId, storeId, tillId, currency,
    state: closed ? 'closed' as const : 'open' as const,
    ...(opened && { openedAt: opened.at }),
    ...(closed && { closedAt: closed.at, tillReportNumber: closed.tillReportNumber, countedMinor: closed.countedMinor }),
    ...(reportNumber !== undefined && { reportNumber: printed(reportSeries, reportNumber) }),
    floatMinor: opened?.floatMinor ?? 0,
    flags: [...(opened ? [] : (['never-opened'] as const)), ...flags, ...more],
  };
}

/** Sales that were carried over make a difference until they have come; then there should be none. */
function isOtherwise({ closed }: Shift, { sales, grossMinor, expectedCashMinor }: http.ShiftFigures): boolean {
  return closed !== undefined && (closed.figures.sales !== sales || closed.figures.grossMinor !== grossMinor || closed.figures.expectedCashMinor !== expectedCashMinor);
}

export const saleIdsOf = (tenantId: TenantId, commandIds: readonly Parameters<typeof saleIdOf>[1][]) => commandIds.map((commandId) => ({ commandId, saleId: saleIdOf(tenantId, commandId) }));
