import type { http } from '@checkout/contracts';
import { seconds } from '@checkout/kernel';

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** How old a row may be that a price is taken from. */
export const oldestMs = seconds(2);

/** About 300 bytes each: a few megabytes. */
const mostProducts = 20_000;
const mostStores = 5_000;

/**
 * Stores and products that were read lately: the same few hundred rows are wanted by nearly every sale.
 *
 * It makes a price at most {@link oldestMs} old, counted from before it was read, and never wrong: the price of a sale is copied when
 * it is accepted and compared with what the till showed. What this process saves it forgets here, so only other instances are ever
 * behind. That an article is unknown is not remembered: a new one can be sold at once.
 */
export class RecentCatalogue {
  readonly now: () => number;
  readonly #stores = new Map<string, Kept<http.Store>>();
  readonly #products = new Map<string, Kept<http.Product>>();

  /** @param now a clock in milliseconds that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  store(key: string): http.Store | undefined {
    return this.#fresh(this.#stores, key);
  }

  product(key: string): http.Product | undefined {
    return this.#fresh(this.#products, key);
  }

  /** @param at when the read began, so that a row is never taken for younger than it is */
  keepStore(key: string, value: http.Store, at: number): void {
    keep(this.#stores, mostStores, key, { value, at });
  }

  keepProduct(key: string, value: http.Product, at: number): void {
    keep(this.#products, mostProducts, key, { value, at });
  }

  forgetStores(keys: Iterable<string>): void {
    for (const key of keys) this.#stores.delete(key);
  }

  forgetProducts(keys: Iterable<string>): void {
    for (const key of keys) this.#products.delete(key);
  }

  #fresh<T>(kept: Map<string, Kept<T>>, key: string): T | undefined {
    const found = kept.get(key);
    if (!found) return undefined;
    if (this.now() - found.at <= oldestMs) return found.value;
    kept.delete(key);
    return undefined;
  }
}

/** A Map keeps the order of insertion, so the first key is the one that was read longest ago. */
function keep<T>(kept: Map<string, Kept<T>>, most: number, key: string, value: Kept<T>): void {
  kept.delete(key);
  if (kept.size >= most) {
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }
  kept.set(key, value);
}
