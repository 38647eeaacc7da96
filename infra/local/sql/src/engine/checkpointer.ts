import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** The log is copied into the database file when it has this many pages: 32 MB of 4 kB pages. The larger, the fewer pages are copied twice. */
const PAGES = 8192;
/** Asking for the size of the log costs as much as a statement, so it is asked now and then. */
const COMMITS_BETWEEN_LOOKS = 128;

/**
 * Keeps the write-ahead log short without stalling the event loop. A worker thread copies what is in the log; what was committed
 * meanwhile is little, and is copied here, so that the next writer finds an empty log and starts it again from its beginning.
 */
export class Checkpointer {
  readonly #path: string;
  readonly #reader: DatabaseSync;
  #worker: Worker | undefined;
  #isRunning = false;
  #commits = 0;
  #look: StatementSync | undefined;

  constructor(path: string, reader: DatabaseSync) {
    this.#path = path;
    this.#reader = reader;
  }

  committed(): void {
    this.#commits += 1;
    if (this.#isRunning || this.#commits % COMMITS_BETWEEN_LOOKS !== 0) return;
    // NOOP reports the size of the log and moves nothing.
    this.#look ??= this.#reader.prepare('PRAGMA wal_checkpoint(NOOP)');
    const size = this.#look.get();
    if (Number(size?.['log']) < PAGES) return;
    this.#isRunning = true;
    this.#start().postMessage('run');
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { path: this.#path } });
    worker.unref();
    worker.on('message', () => {
      this.#isRunning = false;
      if (this.#worker) this.#reader.exec('PRAGMA wal_checkpoint(PASSIVE)');
    });
    // Without the thread the log grows until the next start; nothing is lost by it.
    worker.on('error', () => { this.#isRunning = true; });
    this.#worker = worker;
    return worker;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
  }
}
