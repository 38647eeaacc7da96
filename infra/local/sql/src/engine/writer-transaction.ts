import type { DatabaseSync, StatementSync } from 'node:sqlite';

const texts = { begin: 'BEGIN IMMEDIATE', commit: 'COMMIT', rollback: 'ROLLBACK' } as const;

/**
 * SQLite's transaction on the writing connection. It is *private* while it belongs to one session. Otherwise it is *shared*: statements that are
 * transactions of their own follow one another in it, and SQLite commits them together just before the log is synced: five inserts cost half as much
 * as with a COMMIT each. To every session they are committed all the same: whoever reads, reads on this connection as long as nothing private is
 * there, and nobody is answered before the sync.
 */
export class WriterTransaction {
  readonly #db: DatabaseSync;
  readonly #complete: () => void;
  readonly #lost: (error: Error) => void;
  readonly #statements = new Map<keyof typeof texts, StatementSync>();
  #isPrivate = false;
  /** Statements that wait in the shared transaction for their COMMIT. */
  #shared = 0;

  /**
   * `complete` writes what has to be in the file together with what is committed. `lost` is told when SQLite has dropped what was shared: the disk is full, or fails.
   */
  constructor(db: DatabaseSync, { complete, lost }: { readonly complete: () => void; readonly lost: (error: Error) => void }) {
    this.#db = db;
    this.#complete = complete;
    this.#lost = lost;
  }

  /** Does the writing connection see what is not committed? */
  get isPrivate(): boolean {
    return this.#isPrivate;
  }

  #run(what: keyof typeof texts): void {
    let statement = this.#statements.get(what);
    if (!statement) this.#statements.set(what, statement = this.#db.prepare(texts[what]));
    // Not `run`: nobody asks how many rows a COMMIT has changed.
    statement.get();
  }

  begin(): void {
    this.flush();
    this.#run('begin');
    this.#isPrivate = true;
  }

  commit(): void {
    this.#complete();
    this.#run('commit');
    this.#isPrivate = false;
  }

  rollback(): void {
    this.#isPrivate = false;
    // SQLite ends the transaction by itself when the disk is full or fails.
    if (this.#db.isTransaction) this.#run('rollback');
  }

  /** Runs a statement in the shared transaction. When it throws it must have left nothing behind. */
  share<T>(run: () => T): T {
    if (this.#shared === 0) this.#run('begin');
    try {
      const result = run();
      this.#shared += 1;
      return result;
    } catch (error) {
      if (!this.#db.isTransaction) this.#lose(error);
      // An empty transaction would keep the log from being started again.
      else if (this.#shared === 0) this.#run('rollback');
      throw error;
    }
  }

  /** Commits what is shared. */
  flush(): void {
    if (this.#shared === 0) return;
    try {
      this.#complete();
      this.#run('commit');
      this.#shared = 0;
    } catch (error) {
      if (this.#db.isTransaction) this.#run('rollback');
      this.#lose(error);
    }
  }

  #lose(error: unknown): void {
    if (this.#shared === 0) return;
    this.#shared = 0;
    this.#lost(error instanceof Error ? error : new Error(String(error)));
  }
}
