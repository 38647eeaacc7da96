import { http } from '@checkout/contracts';
import { hours, minutes, seconds, type Sku, type StoreId, type TenantId } from '@checkout/kernel';
import { DependencyUnavailable } from '@checkout/resilience';
import type { Change } from '../application/ports.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** One tenant's stores and products as they were at one moment. */
export interface CatalogueSnapshot {
  /** When its reading began, in milliseconds since 1970: no price in it is older. */
  readonly takenAt: number;
  readonly stores: ReadonlyMap<StoreId, http.Store>;
  readonly products: ReadonlyMap<Sku, http.Product>;
}

export interface CatalogueReader {
  /** The tenant's whole catalogue. @throws DependencyUnavailable */
  whole(tenantId: TenantId): Promise<Pick<CatalogueSnapshot, 'stores' | 'products'>>;
}

export interface CatalogueSnapshotsOptions {
  readonly reader: CatalogueReader;
  /** Without it copies live as long as the process. */
  readonly files?: SnapshotFiles | undefined;
  readonly onFailed: (tenantId: TenantId, error: unknown) => void;
  readonly now?: () => number;
}

/** Prices a day old may still be sold at; older ones are more likely wrong than useful. */
export const oldestMs = hours(24);
const refreshMs = minutes(15);
/** After a change of the catalogue, so that a load of many pages makes one copy. */
const settleMs = seconds(2);
/** At 200 bytes a product, and most tenants have a few thousand. */
const mostTenants = 200;

/**
 * Copies of the catalogues of the tenants that sell here, renewed every quarter of an hour and after every change made here, so that they
 * are there on the day when the database is not: also for a process that starts on that day, when it has been given a directory.
 */
export class CatalogueSnapshots {
  readonly #options: CatalogueSnapshotsOptions;
  readonly #now: () => number;
  readonly #taken = new Map<TenantId, CatalogueSnapshot>();
  readonly #timers = new Map<TenantId, NodeJS.Timeout>();
  readonly #reading = new Set<TenantId>();
  #isStopped = false;

  constructor(options: CatalogueSnapshotsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Takes up what an earlier process has left, and renews it. */
  start(): void {
    for (const [tenantId, snapshot] of this.#options.files?.readAll() ?? []) {
      this.#taken.set(tenantId, snapshot);
      this.#refreshIn(tenantId, seconds(1) * Math.random());
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Makes sure that there is going to be a copy for this tenant. */
  seen(tenantId: TenantId): void {
    if (this.#taken.has(tenantId) || this.#timers.has(tenantId) || this.#reading.has(tenantId) || this.#timers.size + this.#reading.size >= mostTenants) return;
    this.#refreshIn(tenantId, 0);
  }

  /** Nothing when there is none, or when it is more than a day old. */
  of(tenantId: TenantId): CatalogueSnapshot | undefined {
    const found = this.#taken.get(tenantId);
    return found && this.#now() - found.takenAt <= oldestMs ? found : undefined;
  }

  /** For the pipeline's `onCommitted`. */
  changed(changes: readonly Change[]): void {
    for (const change of changes) if (change.kind === 'products-saved' || change.kind === 'stores-saved') this.#refreshIn(change.tenantId, settleMs);
  }

  #refreshIn(tenantId: TenantId, delayMs: number): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timers.get(tenantId));
    this.#timers.set(tenantId, setTimeout(() => void this.#refresh(tenantId), delayMs).unref());
  }

  async #refresh(tenantId: TenantId): Promise<void> {
    this.#timers.delete(tenantId);
    if (this.#reading.has(tenantId)) return this.#refreshIn(tenantId, settleMs);
    this.#reading.add(tenantId);
    let nextMs = refreshMs * (0.8 + 0.4 * Math.random());
    try {
      const takenAt = this.#now();
      const snapshot = { takenAt, ...(await this.#options.reader.whole(tenantId)) };
      this.#taken.set(tenantId, snapshot);
      await this.#options.files?.write(tenantId, snapshot);
    } catch (error) {
      // The copy there is stays; the breaker has told of the outage.
      if (!(error instanceof DependencyUnavailable)) this.#options.onFailed(tenantId, error);
      nextMs = seconds(30);
    } finally {
      this.#reading.delete(tenantId);
      if (!this.#timers.has(tenantId)) this.#refreshIn(tenantId, nextMs);
    }
  }
}
