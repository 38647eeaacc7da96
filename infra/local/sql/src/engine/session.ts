import type { Catalog } from './catalog.ts';
import type { Database } from './database.ts';
import { doomed, TsqlError } from './error.ts';
import type { Replies } from './run/replies.ts';
import type { Waiting } from './waiting.ts';

export interface Settings {
  nocount: boolean;
  xactAbort: boolean;
  lockTimeoutMs: number;
  isolation: string;
}

const defaults: Settings = { nocount: false, xactAbort: false, lockTimeoutMs: -1, isolation: 'READ COMMITTED' };

/** Others keep what a statement needs. Nothing of the statement has happened. */
export class Blocked extends Error {
  override readonly name = 'Blocked';
  constructor(readonly owners: ReadonlySet<object>) {
    super('Others keep the rows of this statement.');
  }
}

let descriptors = 0n;

/**
 * What belongs to one connection. A transaction is open in T-SQL from BEGIN; SQLite's begins with the first write, when the session
 * takes the writer lock. Until then every statement reads the latest committed state: READ COMMITTED SNAPSHOT.
 */
export class Session {
  settings: Settings = { ...defaults };
  /** @@TRANCOUNT */
  depth = 0;
  /** XACT_STATE() = -1: an error under XACT_ABORT inside TRY. Nothing may be written, only rolled back. */
  isDoomed = false;
  rowcount = 0;
  error = 0;
  identity: number | null = null;
  readonly context = new Map<string, { readonly value: string | null; readonly isReadOnly: boolean }>();
  /** How often this session has committed something; tells the fault rules about commits. */
  commits = 0;
  isCancelled = false;
  /** Called before a commit takes effect; fault rules throw here. */
  beforeCommit: (() => Promise<void>) | undefined;
  #descriptor = 0n;
  #isWriting = false;
  #catalog: Catalog | undefined;
  /** The name of the outermost transaction. */
  #name: string | undefined;
  readonly #savepoints = new Map<string, { catalog: Catalog | undefined }>();

  constructor(readonly database: Database, readonly id: number) {}

  get catalog(): Catalog {
    return this.#catalog ?? this.database.catalog;
  }

  get descriptor(): bigint {
    return this.#descriptor;
  }

  /** Does this session see the database through the writer, with its own changes? */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** While no transaction is open there, the writer too sees what is committed and nothing else, and its page cache is warm: every commit empties the reader's. */
  get side(): 'reader' | 'writer' {
    return this.#isWriting || !this.database.transaction.isPrivate ? 'writer' : 'reader';
  }

  begin(replies: Replies, name?: string): void {
    this.depth += 1;
    if (this.depth > 1) return;
    this.#name = name?.toLowerCase();
    descriptors += 1n;
    this.#descriptor = descriptors;
    replies.began(this.#descriptor);
  }

  /** Takes the writer lock for the rest of the transaction. Undefined when that was done at once: most often nobody else writes. */
  startWriting(): Promise<void> | undefined {
    if (this.#isWriting) return undefined;
    const wait = this.database.lock.acquire(this, this.settings.lockTimeoutMs);
    if (wait) return wait.then(() => this.#beginWriting());
    this.#beginWriting();
    return undefined;
  }

  #beginWriting(): void {
    this.database.transaction.begin();
    this.#isWriting = true;
  }

  /** Reads under a lock that others may stand in the way of: with nobody writing, and again when whoever stood there has let go. */
  *readLocked<T>(run: () => T, timeoutMs: number): Waiting<T> {
    const { lock, rowLocks } = this.database;
    for (;;) {
      const wait = this.#isWriting ? undefined : lock.acquire(this, timeoutMs);
      if (wait) yield wait;
      try {
        return run();
      } catch (error) {
        if (!(error instanceof Blocked)) throw error;
        if (!this.#isWriting) lock.release(this);
        yield rowLocks.wait(this, error.owners, timeoutMs);
      } finally {
        if (!this.#isWriting) lock.release(this);
      }
    }
  }

  /** Runs one writing statement: within the open transaction, or as a transaction of its own. Rows that others keep are waited for. */
  *write<T>(run: () => T): Waiting<T> {
    for (;;) {
      const wasWriting = this.#isWriting;
      try {
        if (this.isDoomed) throw doomed();
        const wait = this.startWriting();
        if (wait) yield wait;
        return this.depth > 0 ? run() : yield* this.#writeAlone(run);
      } catch (error) {
        if (!(error instanceof Blocked)) throw error;
        // Nothing is written yet, so whoever has the rows may write meanwhile.
        if (!wasWriting) this.#rollBackWriting();
        yield this.#waitForRows(error);
      }
    }
  }

  #waitForRows({ owners }: Blocked): Promise<void> {
    return this.database.rowLocks.wait(this, owners, this.settings.lockTimeoutMs);
  }

  /** As {@link write}, for a statement that defines nothing: as a transaction of its own it shares SQLite's COMMIT with others. */
  *change<T>(run: () => T): Waiting<T> {
    // A fault rule may want to look between the statement and its commit, and then they have to be two things.
    while (this.depth === 0 && !this.beforeCommit) {
      const wait = this.database.lock.acquire(this, this.settings.lockTimeoutMs);
      if (wait) yield wait;
      try {
        return this.#share(run);
      } catch (error) {
        if (!(error instanceof Blocked)) throw error;
        this.database.lock.release(this);
        yield this.#waitForRows(error);
      } finally {
        this.database.lock.release(this);
      }
    }
    return yield* this.write(run);
  }

  #share<T>(run: () => T): T {
    const result = this.database.transaction.share(run);
    this.commits += 1;
    this.database.committed();
    return result;
  }

  /** A statement that is a transaction of its own. */
  *#writeAlone<T>(run: () => T): Waiting<T> {
    let isDone = false;
    try {
      const result = run();
      if (this.beforeCommit) yield this.beforeCommit();
      this.#commitWriting();
      isDone = true;
      return result;
    } finally {
      if (!isDone) this.#rollBackWriting();
    }
  }

  #commitWriting(): void {
    this.database.transaction.commit();
    if (this.#catalog) this.database.catalog = this.#catalog;
    this.#catalog = undefined;
    this.#isWriting = false;
    this.commits += 1;
    this.database.committed();
    this.database.lock.release(this);
  }

  #rollBackWriting(): void {
    if (!this.#isWriting) return;
    this.database.transaction.rollback();
    this.database.rolledBack();
    this.#catalog = undefined;
    this.#isWriting = false;
    this.database.lock.release(this);
  }

  /** A definition: seen by this session at once, by others when it commits. */
  define(catalog: Catalog): void {
    this.#catalog = catalog;
    this.database.saveCatalog(catalog);
  }

  *commit(replies: Replies): Waiting<void> {
    if (this.depth === 0) throw new TsqlError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    if (this.isDoomed) throw doomed();
    if (this.depth > 1) {
      this.depth -= 1;
      return;
    }
    if (this.beforeCommit) yield this.beforeCommit();
    if (this.#isWriting) this.#commitWriting();
    replies.committed(this.#descriptor);
    this.#ended();
  }

  /** Without a name, everything; with one, back to that savepoint. */
  rollback(replies: Replies, name?: string): void {
    if (this.depth === 0) throw new TsqlError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    const savepoint = name === undefined ? undefined : this.#savepoints.get(name.toLowerCase());
    if (name !== undefined && savepoint) {
      if (this.isDoomed) throw doomed();
      this.database.writer.exec(`ROLLBACK TO "${name.toLowerCase().replaceAll('"', '""')}"`);
      this.database.rolledBack();
      this.#catalog = savepoint.catalog;
      return;
    }
    if (name !== undefined && name.toLowerCase() !== this.#name) throw new TsqlError(6401, `Cannot roll back ${name}. No transaction or savepoint of that name was found.`);
    this.#rollBackWriting();
    replies.rolledBack(this.#descriptor);
    this.#ended();
  }

  *save(name: string): Waiting<void> {
    if (this.depth === 0) throw new TsqlError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.', { state: 0 });
    if (this.isDoomed) throw doomed();
    const wait = this.startWriting();
    if (wait) yield wait;
    this.database.writer.exec(`SAVEPOINT "${name.toLowerCase().replaceAll('"', '""')}"`);
    this.#savepoints.set(name.toLowerCase(), { catalog: this.#catalog });
  }

  #ended(): void {
    this.depth = 0;
    this.isDoomed = false;
    this.#descriptor = 0n;
    this.#savepoints.clear();
    this.database.rowLocks.release(this);
    this.database.appLocks.releaseAll(this, 'Transaction');
  }

  /** Takes the session out of whatever queue it waits in. */
  cancel(): void {
    this.isCancelled = true;
    this.database.lock.cancel(this);
    this.database.rowLocks.cancel(this);
    this.database.appLocks.cancel(this);
  }

  /** The reset bit of a message: as if the connection were new. [MS-TDS] 2.2.3.1.2 */
  reset(replies: Replies): void {
    if (this.depth > 0) this.rollback(replies);
    this.settings = { ...defaults };
    this.context.clear();
    this.rowcount = 0;
    this.identity = null;
    this.database.appLocks.releaseAll(this, 'Session', 'Transaction');
  }

  /** The connection is gone: whatever it had open is undone. */
  close(): void {
    this.cancel();
    this.#rollBackWriting();
    this.#ended();
    this.database.appLocks.releaseAll(this, 'Session', 'Transaction');
  }
}
