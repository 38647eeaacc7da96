import { hours, type StoreId, type TenantId } from '@checkout/kernel';
import type { DayTotals, ReceiptReader } from './ports.ts';

/** Most days that are added up at once. */
export const mostDays = 366;
const dayMs = hours(24);

export interface JournalDay extends Omit<DayTotals, 'day'> {
  /** `2026-01-05`, in UTC. */
  readonly day: string;
}

/** What a store took, day by day, as the back office reads it. */
export class ReadJournal {
  readonly #receipts: Pick<ReceiptReader, 'totals'>;

  constructor(receipts: Pick<ReceiptReader, 'totals'>) {
    this.#receipts = receipts;
  }

  /** Both days are included. */
  async between(tenantId: TenantId, storeId: StoreId, from: string, to: string): Promise<readonly JournalDay[]> {
    const until = new Date(Date.parse(to) + dayMs);
    const totals = await this.#receipts.totals(tenantId, storeId, new Date(from), until);
    return totals.map(({ day, ...rest }) => ({ day: new Date(day * dayMs).toISOString().slice(0, 10), ...rest }));
  }

  /** How many days a period has; less than 1 when it ends before it begins. */
  static daysOf(from: string, to: string): number {
    return (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  }
}
