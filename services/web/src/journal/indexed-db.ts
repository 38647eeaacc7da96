import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Entry } from './fact.ts';
import type { EntryStore, Exclusive } from './journal.ts';

interface TillDb extends DBSchema {
  journal: { key: number; value: Entry };
  /** What can be had again: the catalogue, and who this till is. */
  kept: { key: string; value: unknown };
}

export type TillDatabase = IDBPDatabase<TillDb>;

export const openTillDatabase = (): Promise<TillDatabase> =>
  openDB<TillDb>('scanlon-till', 1, {
    upgrade(database) {
      database.createObjectStore('journal', { keyPath: 'seq' });
      database.createObjectStore('kept');
    },
  });

export const entriesIn = (database: TillDatabase): EntryStore => ({
  after: (seq) => database.getAll('journal', IDBKeyRange.lowerBound(seq, true)),
  async add(entry) {
    // Strict: on disk, not only with the operating system, when the transaction is done.
    const transaction = database.transaction('journal', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.add(entry), transaction.done]);
  },
});

export const exclusiveWriter: Exclusive = async (work) => await navigator.locks.request('scanlon-till-journal', work);
