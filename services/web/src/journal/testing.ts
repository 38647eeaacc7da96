import type { SaleLine } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import type { Book } from './book.ts';
import type { Entry, Sold } from './fact.ts';
import type { Limits } from './limits.ts';
import { Journal, type EntryStore, type Exclusive } from './journal.ts';

export const someLimits: Limits = { perSaleMinor: 5_000, sumMinor: 150_000, count: 200, ageMs: 24 * 3_600_000 };

/** Entries as IndexedDB keeps them, for specs, with ways to tamper. */
export class MemoryEntries implements EntryStore {
  #entries = new Map<number, Entry>();
  #turn: Promise<unknown> = Promise.resolve();

  /** One writer at a time over all journals on these entries, as a Web Lock gives it. */
  readonly exclusive: Exclusive = (work) => {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  };

  after(seq: number): Promise<readonly Entry[]> {
    return Promise.resolve([...this.#entries.values()].filter((entry) => entry.seq > seq));
  }

  add(entry: Entry): Promise<void> {
    if (this.#entries.has(entry.seq)) return Promise.reject(new Error(`entry ${entry.seq} is taken`));
    this.#entries.set(entry.seq, structuredClone(entry));
    return Promise.resolve();
  }

  change(seq: number, how: (entry: Entry) => Entry): void {
    const entry = this.#entries.get(seq);
    if (entry) this.#entries.set(seq, how(entry));
  }

  remove(seq: number): void {
    this.#entries.delete(seq);
  }
}

export const newJournal = (entries: MemoryEntries = new MemoryEntries()): Journal => new Journal(entries, entries.exclusive, () => 1_764_000_000_000);

const tea: SaleLine = { sku: 'TEA-80' as SaleLine['sku'], description: 'Tea', quantity: 2, unitPriceMinor: 299, taxRateBp: 0 };

export const aSale = (commandId: CommandId, by: 'card' | 'cash' = 'card') => ({ lastSequence }: Book): Sold => ({
  kind: 'sold',
  commandId,
  tillSequence: lastSequence + 1,
  provisionalNumber: `T1-${String(lastSequence + 1).padStart(6, '0')}`,
  body: {
    lines: [{ sku: tea.sku, quantity: 2 }],
    currency: 'GBP',
    totalMinor: 598,
    tenders: [by === 'card' ? { type: 'card', amountMinor: 598, cardToken: 'tok_visa' } : { type: 'cash', amountMinor: 598, tenderedMinor: 600 }],
  },
  lines: [tea],
  taxMode: 'inclusive',
});
