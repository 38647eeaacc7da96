import { createHash } from 'node:crypto';
import type { StoreId, TenantId } from '@checkout/kernel';
import type { Pieces } from './pieces.ts';

/** Goods that arrived at a store. The id is the supplier's or the back office's, and makes a repeat harmless. */
export interface Delivery {
  readonly tenantId: TenantId;
  readonly deliveryId: string;
  readonly storeId: StoreId;
  /** Tells a repeat from another delivery under the same id. */
  readonly bodyHash: string;
  readonly receivedAt: string;
}

/** The same for the same goods at the same store, in whatever order they are listed. */
export function bodyHashOf(storeId: StoreId, pieces: readonly Pieces[]): string {
  const sorted = pieces.toSorted((a, b) => (a.sku < b.sku ? -1 : 1)).map(({ sku, quantity }) => [sku, quantity]);
  return createHash('sha256').update(JSON.stringify([storeId, sorted])).digest('hex');
}
