import type { SaleId, TenantId } from '@checkout/kernel';
import type { Start } from '../domain/start-message.ts';

/** Sales under way at once in one process, with room to spare; about 3 KB each. */
const capacity = 5_000;

interface Entry {
  readonly bodyHash: string;
  readonly start: Start;
}

/**
 * The start messages of recent checkouts, so that a reply loads the few columns that change instead of reading and parsing the same
 * kilobyte five times a sale. Purely an optimisation: whatever is not here is read from the table.
 *
 * It may hold what was never committed (another instance was first with another body), so whoever finds an entry compares its hash
 * with the row's.
 */
export class StartData {
  readonly #entries = new Map<string, Entry>();

  get(tenantId: TenantId, saleId: SaleId): Entry | undefined {
    return this.#entries.get(keyOf(tenantId, saleId));
  }

  put(tenantId: TenantId, saleId: SaleId, bodyHash: string, start: Start): void {
    const key = keyOf(tenantId, saleId);
    if (this.#entries.size >= capacity && !this.#entries.has(key)) {
      // The oldest: a checkout ends within seconds, so age says enough.
      const { value: oldest } = this.#entries.keys().next();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { bodyHash, start });
  }

  drop(tenantId: TenantId, saleId: SaleId): void {
    this.#entries.delete(keyOf(tenantId, saleId));
  }
}

const keyOf = (tenantId: TenantId, saleId: SaleId): string => `${tenantId}/${saleId}`;
