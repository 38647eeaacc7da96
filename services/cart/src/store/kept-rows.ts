import type { TenantId } from '@checkout/kernel';
import { keyOf, noRows, type Change, type KeptRows, type Need, type Rows } from '../application/ports.ts';
import type { Basket } from '../domain/basket.ts';
import type { CatalogueSnapshots } from './catalogue-snapshots.ts';

/** Baskets that are being filled, a few KB each. */
const mostBaskets = 2_000;

/**
 * What a checkout can be decided on without the database: the copy of the catalogue, and the baskets as this process last wrote them.
 *
 * A basket may have been changed by another instance since. The till's total must equal what it comes to, so that an older basket is
 * found out, but for one whose change cost nothing.
 */
export class RowsKeptHere implements KeptRows {
  readonly #snapshots: CatalogueSnapshots;
  readonly #baskets = new Map<string, Basket>();

  constructor(snapshots: CatalogueSnapshots) {
    this.#snapshots = snapshots;
  }

  seen(tenantId: TenantId): void {
    this.#snapshots.seen(tenantId);
  }

  /** For the pipeline's `onCommitted`. */
  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== 'basket-saved') continue;
      const key = keyOf(change.basket.tenantId, change.basket.basketId);
      this.#baskets.delete(key);
      this.#baskets.set(key, change.basket);
      const [oldest] = this.#baskets.keys();
      if (this.#baskets.size > mostBaskets && oldest !== undefined) this.#baskets.delete(oldest);
    }
    this.#snapshots.changed(changes);
  }

  rowsFor(tenantId: TenantId, needs: readonly Need[]): { readonly rows: Rows; readonly snapshotAt: number } | undefined {
    const snapshot = this.#snapshots.of(tenantId);
    if (!snapshot) return undefined;
    const rows = noRows();
    for (const need of needs) {
      if (need.kind === 'store') put(rows.stores, keyOf(tenantId, need.storeId), snapshot.stores.get(need.storeId));
      if (need.kind === 'product') put(rows.products, keyOf(tenantId, need.sku), snapshot.products.get(need.sku));
      if (need.kind === 'basket') put(rows.baskets, keyOf(tenantId, need.basketId), this.#baskets.get(keyOf(tenantId, need.basketId)));
    }
    return { rows, snapshotAt: snapshot.takenAt };
  }
}

function put<T>(rows: Map<string, T>, key: string, row: T | undefined): void {
  if (row !== undefined) rows.set(key, row);
}
