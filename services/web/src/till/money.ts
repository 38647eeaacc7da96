import { withCard, withCash, type Tendered } from '../sale/tenders.ts';
import type { Goods } from './goods.ts';
import type { Shown } from './shown.ts';

/** What the customer has put down for the goods. */
export class Money {
  readonly #shown: Shown;
  readonly #goods: Goods;

  constructor(shown: Shown, goods: Goods) {
    this.#shown = shown;
    this.#goods = goods;
  }

  takeCash(handedOverMinor: number): void {
    this.#take(withCash(this.#goods.totalMinor, this.#shown.view.tenders, handedOverMinor));
  }

  takeCard(amountMinor: number, cardToken: string): void {
    this.#take(withCard(this.#goods.totalMinor, this.#shown.view.tenders, amountMinor, cardToken));
  }

  takeBack(index: number): void {
    this.#shown.set({ tenders: this.#shown.view.tenders.filter((_, each) => each !== index), notice: undefined });
  }

  #take({ tenders, fault }: Tendered): void {
    this.#shown.set(tenders ? { tenders, notice: undefined } : { notice: { kind: 'fault', fault } });
  }
}
