import type { CommandId, TenantId } from '@checkout/kernel';
import type { Checkout } from '../domain/checkout.ts';
import { keyOf } from './ports.ts';

/** About 400 bytes each. */
const mostKept = 10_000;

/**
 * Checkouts that this process has seen accepted or ended of late, each already durable in the database or on the bus, and those that it is
 * sending at this moment. It answers a till that asks again before a sale on the bus has come back to cart's database, or while that
 * database is away, and notices another request under the same command.
 */
export class RecentCheckouts {
  readonly #kept = new Map<string, Checkout>();
  readonly #inDoubt = new Set<string>();
  readonly #sending = new Map<string, { readonly bodyHash: string; readonly sent: Promise<Checkout> }>();

  of(tenantId: TenantId, commandId: CommandId): Checkout | undefined {
    return this.#kept.get(keyOf(tenantId, commandId));
  }

  /**
   * Sends, unless the same is being sent already: then its end is this one's too.
   * @returns nothing when another request is being sent under the same command.
   */
  async once(checkout: Checkout & { readonly bodyHash: string }, send: () => Promise<void>): Promise<{ readonly checkout: Checkout; readonly isFirst: boolean } | undefined> {
    const key = keyOf(checkout.tenantId, checkout.commandId);
    const other = this.#sending.get(key);
    if (other) return other.bodyHash === checkout.bodyHash ? { checkout: await other.sent, isFirst: false } : undefined;
    const sent = send().then(() => {
      this.keep(checkout);
      return checkout;
    });
    this.#sending.set(key, { bodyHash: checkout.bodyHash, sent });
    try {
      return { checkout: await sent, isFirst: true };
    } finally {
      this.#sending.delete(key);
    }
  }

  /** A checkout as it has just become durable. */
  keep(checkout: Checkout): void {
    const key = keyOf(checkout.tenantId, checkout.commandId);
    this.#inDoubt.delete(key);
    this.#kept.delete(key);
    this.#kept.set(key, checkout);
    dropOldest(this.#kept);
  }

  /** A try whose outcome nobody knows: no later one may be told that nothing was accepted. */
  doubt(tenantId: TenantId, commandId: CommandId): void {
    this.#inDoubt.add(keyOf(tenantId, commandId));
    dropOldest(this.#inDoubt);
  }

  isInDoubt(tenantId: TenantId, commandId: CommandId): boolean {
    return this.#inDoubt.has(keyOf(tenantId, commandId));
  }
}

function dropOldest(kept: { readonly size: number; keys(): IterableIterator<string>; delete(key: string): boolean }): void {
  if (kept.size <= mostKept) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
