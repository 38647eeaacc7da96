import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes commits durable without blocking the event loop. SQLite writes a commit into the write-ahead log and does not sync it
 * (`synchronous=NORMAL`); this syncs the log with `fdatasync` on the thread pool and releases every reply whose commit was in
 * the log when that sync began. While one sync runs the next commits gather: group commit that tunes itself to the disk.
 */
export class Durability {
  readonly #log: number;
  #committed = 0;
  #durable = 0;
  #isSyncing = false;
  #failure: Error | undefined;
  #waiting: { readonly upTo: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #idle: (() => void) | undefined;

  readonly #flush: () => void;
  /** How often commits were lost. A request during which this changes cannot know whether its own, or one it has seen, was among them. */
  losses = 0;

  /** `flush` puts into the log what was told to be committed. */
  constructor(databasePath: string, flush: () => void) {
    this.#flush = flush;
    this.#log = openSync(`${databasePath}-wal`, 'r+');
    // The names of the files must survive as well as what is in them.
    const directory = openSync(dirname(databasePath), 'r');
    fsyncSync(directory);
    closeSync(directory);
  }

  /** Tells that SQLite has just committed. */
  committed(): void {
    this.#committed += 1;
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    // Everything that commits in this turn of the event loop shares the sync.
    setImmediate(this.#sync);
  }

  /** Resolves when everything committed so far is on disk; undefined when it already is. */
  settled(): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#durable >= this.#committed) return undefined;
    const upTo = this.#committed;
    return new Promise((resolve, reject) => this.#waiting.push({ upTo, resolve, reject }));
  }

  /** What waited to be put into the log will never be there: nobody who waits is answered. */
  lost(error: Error): void {
    this.losses += 1;
    this.#durable = this.#committed;
    for (const waiter of this.#waiting) waiter.reject(error);
    this.#waiting = [];
  }

  readonly #sync = (): void => {
    this.#flush();
    const upTo = this.#committed;
    fdatasync(this.#log, (error) => {
      if (error) {
        // After a failed sync nobody knows what the disk holds: nothing more is ever acknowledged.
        this.#failure = error;
        for (const waiter of this.#waiting) waiter.reject(error);
        this.#waiting = [];
        return;
      }
      this.#durable = Math.max(this.#durable, upTo);
      const ready = this.#waiting.filter((waiter) => waiter.upTo <= upTo);
      this.#waiting = this.#waiting.filter((waiter) => waiter.upTo > upTo);
      if (this.#committed > upTo) setImmediate(this.#sync);
      else {
        this.#isSyncing = false;
        this.#idle?.();
      }
      for (const waiter of ready) waiter.resolve();
    });
  };

  async close(): Promise<void> {
    if (this.#isSyncing && !this.#failure) await new Promise<void>((resolve) => { this.#idle = resolve; });
    closeSync(this.#log);
  }
}
