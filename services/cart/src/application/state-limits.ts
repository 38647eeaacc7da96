import type { http } from '@checkout/contracts';
import type { StoreId, TenantId, TillId } from '@checkout/kernel';
import { limitsOf } from '../domain/offline-limits.ts';
import type { LimitsSigning, RowsReader } from './ports.ts';
import { keyOf } from './ports.ts';

/** Tells a till what it may do alone, signed. Nothing for a store that is not set up. */
export class StateLimits {
  readonly #rows: RowsReader;
  readonly #signing: LimitsSigning;

  constructor(rows: RowsReader, signing: LimitsSigning) {
    this.#rows = rows;
    this.#signing = signing;
  }

  keys(): Promise<http.LimitsKeys> {
    return this.#signing.keys();
  }

  /** @throws DependencyUnavailable */
  async of(till: { readonly tenantId: TenantId; readonly storeId: StoreId; readonly tillId: TillId }, now: number): Promise<string | undefined> {
    const { tenantId, storeId } = till;
    const rows = await this.#rows.read(tenantId, [{ kind: 'store', tenantId, storeId }]);
    const store = rows.stores.get(keyOf(tenantId, storeId));
    return store && this.#signing.sign(limitsOf({ ...till, currency: store.currency }, now));
  }
}
