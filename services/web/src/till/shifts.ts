import type { http } from '@checkout/contracts';
import type { CommandId, ShiftId } from '@checkout/kernel';
import { newCommandId } from '../device/command-id.ts';
import type { Book } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import { carriedOverOf, figuresOf } from '../sale/shift-report.ts';
import type { Shown } from './shown.ts';
import type { Tabs } from './tabs.ts';

/** Opens and closes the drawer, and writes down what goes in and out. Works without a line: the journal tells the back end when there is one. */
export class Shifts {
  readonly #shown: Shown;
  readonly #journal: Journal;
  readonly #tabs: Tabs;

  constructor(shown: Shown, journal: Journal, tabs: Tabs) {
    this.#shown = shown;
    this.#journal = journal;
    this.#tabs = tabs;
  }

  open(floatMinor: number): Promise<void> {
    const shiftId = newCommandId() as string as ShiftId;
    return this.#enter(({ drawer }) => (drawer.open ? undefined : { kind: 'opened', shiftId, currency: this.#currency, floatMinor, at: now() }));
  }

  moveCash(direction: 'in' | 'out', amountMinor: number, reason: string): Promise<void> {
    return this.#enter(({ drawer: { open } }) => open && { kind: 'cash-moved', shiftId: open.opened.shiftId, currency: this.#currency, direction, amountMinor, reason, at: now() });
  }

  /** Cash that a refund has taken out of the drawer: once for each refund, in the shift that it was asked for in. */
  handOver(refundId: CommandId, amountMinor: number, reason: string, shiftId: string | undefined): Promise<void> {
    const isKnown = (book: Book): boolean => book.drawer.open?.movements.some((movement) => movement.reason === reason) ?? false;
    return this.#enter((book) => {
      const { open } = book.drawer;
      if (!open || open.opened.shiftId !== shiftId || amountMinor === 0 || isKnown(book)) return undefined;
      return { kind: 'cash-moved', shiftId: open.opened.shiftId, currency: this.#currency, direction: 'out', amountMinor, reason, at: now() };
    }, refundId);
  }

  /** Never waits: what is not finished is listed in the closing and followed up. */
  close(countedMinor: number, coins?: readonly { valueMinor: number; count: number }[]): Promise<void> {
    return this.#enter((book) => {
      const { open, lastReportNumber } = book.drawer;
      return open && {
        kind: 'closed', shiftId: open.opened.shiftId, currency: this.#currency, tillReportNumber: lastReportNumber + 1, countedMinor,
        ...(coins && coins.length > 0 && { coins: [...coins] }),
        figures: figuresOf(open, book), carriedOver: carriedOverOf(book, Date.now()), at: now(),
      };
    });
  }

  get #currency(): string {
    return this.#shown.view.catalogue?.store.currency ?? 'GBP';
  }

  /** @param entryId what makes a repeat harmless at the back end */
  async #enter(decide: (book: Book) => http.ShiftEntry | undefined, entryId: CommandId = newCommandId()): Promise<void> {
    try {
      await this.#journal.append((book) => {
        const entry = decide(book);
        return entry && { kind: 'drawer', entryId, entry };
      });
      this.#shown.set({ book: this.#journal.book, notice: undefined });
      this.#tabs.wake();
    } catch {
      this.#shown.set({ notice: { kind: 'fault', fault: 'drawer-not-kept' } });
    }
  }
}

const now = (): string => new Date().toISOString();
