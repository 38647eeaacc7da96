import type { Sku } from '@checkout/kernel';

/** A number of one article. It may be the sum of several lines, and so more than one line may hold. */
export interface Pieces {
  readonly sku: Sku;
  readonly quantity: number;
}

/** One entry for each SKU, in the order in which they first appear: a basket may hold the same article on two lines. */
export function summed(lines: readonly Pieces[]): readonly Pieces[] {
  const bySku = new Map<Sku, Pieces>();
  for (const { sku, quantity } of lines) bySku.set(sku, { sku, quantity: quantity + (bySku.get(sku)?.quantity ?? 0) });
  return [...bySku.values()];
}
