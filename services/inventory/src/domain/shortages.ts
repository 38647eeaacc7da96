import type { Sku } from '@checkout/kernel';
import type { Pieces } from './pieces.ts';
import { availableOf, type StockLevel } from './stock-level.ts';

/** How much of one article a sale wanted, and how much there was. */
export interface Shortage {
  readonly sku: Sku;
  readonly wanted: number;
  readonly available: number;
}

/** Every article of which there is not enough. Expects one entry for each SKU. */
export const shortagesOf = (wanted: readonly Pieces[], levelOf: (sku: Sku) => StockLevel): readonly Shortage[] =>
  wanted.flatMap(({ sku, quantity }) => {
    const available = Math.max(0, availableOf(levelOf(sku)));
    return available < quantity ? [{ sku, wanted: quantity, available }] : [];
  });
