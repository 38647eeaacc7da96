import type { http } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import { newCommandId } from '../device/command-id.ts';
import { cardMinorOf } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import { exceededBy, exposureOf, type Limits } from '../journal/limits.ts';
import { linesOf } from '../sale/parked.ts';
import { dueMinor } from '../sale/tenders.ts';
import type { Attendant } from './attendant.ts';
import type { CatalogueKeeper } from './catalogue-keeper.ts';
import type { Goods } from './goods.ts';
import type { Shown } from './shown.ts';
import type { Tabs } from './tabs.ts';

export interface SellingOptions {
  readonly shown: Shown;
  readonly journal: Journal;
  readonly tabs: Tabs;
  readonly goods: Goods;
  readonly attendant: Attendant;
  readonly catalogue: CatalogueKeeper;
  readonly limits: () => Limits;
}

/** From Pay to the next customer. */
export class Selling {
  readonly #options: SellingOptions;

  constructor(options: SellingOptions) {
    this.#options = options;
  }

  /** Sells what is on the counter, once, however often it is pressed. Written down before anything is sent. */
  async pay(): Promise<void> {
    const { shown, journal, tabs, goods, attendant, limits } = this.#options;
    const { basket, tenders, catalogue, isPaying, current, contact, book, tillId } = shown.view;
    if (isPaying || current !== undefined || !catalogue || basket.length === 0 || dueMinor(goods.totalMinor, tenders) !== 0) return;
    const body: http.CheckoutBody = {
      lines: basket.map(({ product, quantity }) => ({ sku: product.sku, quantity })),
      currency: catalogue.store.currency,
      totalMinor: goods.totalMinor,
      tenders: [...tenders],
      requestedAt: new Date().toISOString(),
      ...(book.drawer.open && { shiftId: book.drawer.open.opened.shiftId }),
    };
    const exceeded = contact.kind === 'lost' ? exceededBy(cardMinorOf({ body }), exposureOf(book), limits(), Date.now()) : undefined;
    if (exceeded) return shown.set({ notice: { kind: 'fault', fault: exceeded } });
    shown.set({ isPaying: true, notice: undefined });
    const commandId = newCommandId();
    const lines = linesOf(basket);
    try {
      await journal.append(({ lastSequence }) => ({
        kind: 'sold', commandId, tillSequence: lastSequence + 1, provisionalNumber: `${tillId}-${String(lastSequence + 1).padStart(6, '0')}`,
        body, lines, taxMode: catalogue.store.taxMode,
      }));
    } catch {
      return shown.set({ isPaying: false, notice: { kind: 'fault', fault: 'storage-failed' } });
    }
    shown.set({ isPaying: false, current: commandId, steps: [], book: journal.book });
    tabs.wake();
    void attendant.attend(commandId);
  }

  /** Lets the customer go: done, kept, or being looked into. */
  next(): void {
    const { shown, attendant } = this.#options;
    attendant.leave();
    shown.set({ current: undefined, basket: [], tenders: [], steps: [], notice: undefined });
  }

  /** The sale came to nothing: the goods are still on the counter, to be paid in another way. */
  async backToBasket(): Promise<void> {
    const { shown, attendant, catalogue, goods } = this.#options;
    const current = shown.view.current && shown.view.book.sales.get(shown.view.current);
    attendant.leave();
    shown.set({ current: undefined, tenders: [], steps: [], notice: undefined });
    if (current?.standing.state !== 'parked') return;
    await catalogue.read();
    goods.reprice();
  }

  async sendAgain(commandId: CommandId): Promise<void> {
    const { journal, tabs } = this.#options;
    await journal.append(({ sales }) => (sales.get(commandId)?.standing.state === 'parked' ? { kind: 'resumed', commandId } : undefined));
    tabs.wake();
  }
}
