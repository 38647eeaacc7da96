import type { StoreId, TenantId } from '@checkout/kernel';
import type { Difference, StockReader } from './ports.ts';

export interface StockReport {
  readonly ok: boolean;
  readonly differences: readonly Difference[];
}

/** Whether a store's levels are what its ledger and its open reservations add up to. */
export class CheckStock {
  readonly #stock: Pick<StockReader, 'differences'>;

  constructor(stock: Pick<StockReader, 'differences'>) {
    this.#stock = stock;
  }

  async of(tenantId: TenantId, storeId: StoreId): Promise<StockReport> {
    const differences = await this.#stock.differences(tenantId, storeId);
    return { ok: differences.length === 0, differences };
  }
}
