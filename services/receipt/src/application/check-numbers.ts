import type { StoreId, TenantId } from '@checkout/kernel';
import type { ReceiptReader, SeriesCount } from './ports.ts';

export interface NumbersReport {
  readonly ok: boolean;
  readonly series: readonly (SeriesCount & { readonly findings: readonly string[] })[];
}

/** Whether a store's numbers run from 1 to n without gap or duplicate, one for each sale, each of them in the journal. */
export class CheckNumbers {
  readonly #receipts: Pick<ReceiptReader, 'series'>;

  constructor(receipts: Pick<ReceiptReader, 'series'>) {
    this.#receipts = receipts;
  }

  async of(tenantId: TenantId, storeId: StoreId): Promise<NumbersReport> {
    const series = (await this.#receipts.series(tenantId, storeId)).map((count) => ({ ...count, findings: findingsOf(count) }));
    return { ok: series.every(({ findings }) => findings.length === 0), series };
  }
}

function findingsOf({ lastNumber, receipts, numbers, sales, lowest, highest, journalled }: SeriesCount): string[] {
  return [
    ...(receipts > 0 && lowest !== 1 ? [`the first number is ${lowest}`] : []),
    ...(numbers !== receipts ? [`${receipts} receipts share ${numbers} numbers`] : []),
    ...(highest !== numbers ? [`${numbers} numbers go up to ${highest}`] : []),
    ...(highest !== lastNumber ? [`the counter is at ${lastNumber} and the highest number is ${highest}`] : []),
    ...(sales !== receipts ? [`${receipts} receipts are for ${sales} sales`] : []),
    ...(journalled !== receipts ? [`${receipts} receipts have ${journalled} journal entries`] : []),
  ];
}
