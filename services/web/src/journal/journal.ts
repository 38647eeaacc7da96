import { chained, damagedIn } from './chain.ts';
import { bookOf, emptyBook, type Book } from './book.ts';
import type { Entry, Fact } from './fact.ts';

/** Where entries lie. `add` is durable when it resolves, and refuses a number that is taken. */
export interface EntryStore {
  /** The entries above a number, in order. */
  after(seq: number): Promise<readonly Entry[]>;
  add(entry: Entry): Promise<void>;
}

/** One writer at a time, over all tabs. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A till's memory of its sales: append-only, each entry chained to the one before by its hash. What is appended is on disk before the
 * caller goes on. Tabs share it; each reads on from where it was.
 */
export class Journal {
  readonly #store: EntryStore;
  readonly #exclusive: Exclusive;
  readonly #now: () => number;
  readonly #entries: Entry[] = [];
  readonly #damaged = new Set<number>();
  #book: Book = emptyBook;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(store: EntryStore, exclusive: Exclusive, now: () => number) {
    this.#store = store;
    this.#exclusive = exclusive;
    this.#now = now;
  }

  get book(): Book {
    return this.#book;
  }

  get damaged(): ReadonlySet<number> {
    return this.#damaged;
  }

  /** Takes up what this tab, an earlier one or another one has written. */
  read(): Promise<Book> {
    const read = this.#reading.then(() => this.#readOn());
    this.#reading = read.catch(() => undefined);
    return read;
  }

  /**
   * Decides on the newest book, and appends what was decided, before anybody else can.
   *
   * @throws when the entry could not be stored: then nothing has happened
   */
  append(decide: (book: Book) => Fact | undefined): Promise<Fact | undefined> {
    return this.#exclusive(async () => {
      await this.read();
      const fact = decide(this.#book);
      if (!fact) return undefined;
      await this.#store.add(await chained(this.#entries.at(-1), fact, this.#now()));
      await this.read();
      return fact;
    });
  }

  async #readOn(): Promise<Book> {
    const last = this.#entries.at(-1);
    const news = await this.#store.after(last?.seq ?? 0);
    if (news.length === 0) return this.#book;
    for (const seq of await damagedIn(news, last?.hash)) this.#damaged.add(seq);
    this.#entries.push(...news);
    this.#book = bookOf(this.#entries, this.#damaged);
    return this.#book;
  }
}
