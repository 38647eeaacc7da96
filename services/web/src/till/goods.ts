import type { http } from '@checkout/contracts';
import type { Sku } from '@checkout/kernel';
import { added, repriced, totalsOf, withQuantity, type Changed } from '../sale/basket.ts';
import { exactly, quantityAndWords } from '../sale/search.ts';
import type { Shown } from './shown.ts';

/** What is on the counter. */
export class Goods {
  readonly #shown: Shown;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  get totalMinor(): number {
    const { basket, catalogue } = this.#shown.view;
    return catalogue ? totalsOf(basket, catalogue.store.taxMode).grossMinor : 0;
  }

  /** What was scanned or typed: an article as a whole, or nothing that the catalogue knows. */
  scan(text: string): boolean {
    const { quantity, words } = quantityAndWords(text);
    const product = exactly(this.#shown.view.catalogue?.products ?? [], words);
    if (!product) {
      this.#shown.set({ notice: { kind: 'not-found', text: words } });
      return false;
    }
    this.add(product, quantity);
    return true;
  }

  add(product: http.Product, quantity = 1): void {
    this.#change(added(this.#shown.view.basket, product, quantity));
  }

  setQuantity(sku: Sku, quantity: number): void {
    this.#change(withQuantity(this.#shown.view.basket, sku, quantity));
  }

  voidSale(): void {
    this.#shown.set({ basket: [], tenders: [], notice: undefined });
  }

  /** The same goods at the prices of the catalogue as it is now, and said when that is another total. */
  reprice(): void {
    const beforeMinor = this.totalMinor;
    const products = new Map(this.#shown.view.catalogue?.products.map((product) => [product.sku, product]));
    this.#shown.set({ basket: repriced(this.#shown.view.basket, (sku) => products.get(sku)) });
    const nowMinor = this.totalMinor;
    if (nowMinor !== beforeMinor) this.#shown.set({ notice: { kind: 'repriced', beforeMinor, nowMinor } });
  }

  #change({ basket, fault }: Changed): void {
    if (this.#shown.view.current !== undefined) return;
    // What was put down was for another total.
    this.#shown.set(basket ? { basket, tenders: [], notice: undefined } : { notice: { kind: 'fault', fault } });
  }
}
