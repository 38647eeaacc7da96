import type { Sku, StoreId, TenantId } from '@checkout/kernel';
import { availableOf, noStock } from '../domain/stock-level.ts';
import type { LevelOf, StockReader } from './ports.ts';

export interface LevelView extends LevelOf {
  readonly available: number;
}

/** What a store has, as the back office reads it. */
export class ReadLevels {
  readonly #stock: Pick<StockReader, 'levels' | 'page'>;

  constructor(stock: Pick<StockReader, 'levels' | 'page'>) {
    this.#stock = stock;
  }

  /** One answer for each SKU that was asked for, in that order: of what a store has never had there is nothing. */
  async of(tenantId: TenantId, storeId: StoreId, skus: readonly Sku[]): Promise<readonly LevelView[]> {
    const found = new Map((await this.#stock.levels(tenantId, storeId, skus)).map((level) => [level.sku, level]));
    return skus.map((sku) => viewOf(found.get(sku) ?? { sku, ...noStock }));
  }

  async page(tenantId: TenantId, storeId: StoreId, after: string, limit: number): Promise<readonly LevelView[]> {
    return (await this.#stock.page(tenantId, storeId, after, limit)).map(viewOf);
  }
}

const viewOf = (level: LevelOf): LevelView => ({ ...level, available: availableOf(level) });
