import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AppLocks } from './app-locks.ts';
import { Checkpointer } from './checkpointer.ts';
import { Catalog, quote, type CatalogState } from './catalog.ts';
import { Durability } from './durability.ts';
import { registerFunctions } from './function/register.ts';
import { FifoLock } from './lock.ts';
import { RowLocks, type LockMode } from './row-locks.ts';
import { WaitGraph } from './wait-graph.ts';
import { WriterTransaction } from './writer-transaction.ts';
import { contextValue } from './run/bind-value.ts';
import type { Session } from './session.ts';
import { PlanCache } from './plan-cache.ts';
import { typesFromJson, typesToJson } from '../value/type-json.ts';

/** Rowversions are promised to the file in blocks, so that a restart never hands one out twice. */
const ROWVERSION_BLOCK = 10_000;

export type Side = 'reader' | 'writer';

/** A SQLite statement, prepared on each of the two connections when it is first needed there. */
export class Prepared {
  reader: StatementSync | undefined;
  writer: StatementSync | undefined;
  constructor(readonly sql: string) {}
}

/**
 * One database: a SQLite file and two connections to it. The reader sees what is committed; the writer belongs to the session that
 * holds {@link lock}. node:sqlite is synchronous, so a statement never interleaves with another.
 */
export class Database {
  readonly #waits = new WaitGraph();
  readonly lock = new FifoLock<object>(this.#waits);
  readonly rowLocks = new RowLocks(this.#waits);
  readonly appLocks = new AppLocks(this.#waits);
  /** Whose statement SQLite is running: what functions of the session ask. */
  running: Session | undefined;
  readonly plans = new PlanCache();
  readonly durability: Durability;
  readonly reader: DatabaseSync;
  readonly writer: DatabaseSync;
  readonly transaction: WriterTransaction;
  /** What is committed; a transaction that defines objects has its own until it commits. */
  catalog: Catalog;
  readonly #identities = new Map<string, number>();
  #rowversion: number;
  #rowversionLimit: number;
  readonly #checkpointer: Checkpointer;
  readonly #savepoint = { set: new Prepared('SAVEPOINT "$all"'), takeBack: new Prepared('ROLLBACK TO "$all"'), forget: new Prepared('RELEASE "$all"') };

  constructor(readonly name: string, readonly path: string) {
    this.writer = this.#open();
    this.writer.exec(`CREATE TABLE IF NOT EXISTS "$catalog" (id INT PRIMARY KEY, state TEXT NOT NULL, rowversion INT NOT NULL) STRICT;
      INSERT OR IGNORE INTO "$catalog" VALUES (1, '{"schemas":["dbo"],"tables":[]}', 0);`);
    this.reader = this.#open();
    this.transaction = new WriterTransaction(this.writer, {
      complete: () => this.#saveRowversions(),
      lost: (error) => {
        this.#savedRowversionLimit = 0;
        this.durability.lost(error);
      },
    });
    this.durability = new Durability(path, () => this.transaction.flush());
    this.#checkpointer = new Checkpointer(path, this.reader);
    const row = this.writer.prepare('SELECT state, rowversion FROM "$catalog"').get();
    this.catalog = new Catalog(typesFromJson(String(row?.['state'])) as CatalogState);
    this.#rowversion = Number(row?.['rowversion']);
    this.#rowversionLimit = this.#rowversion;
  }

  #open(): DatabaseSync {
    const db = new DatabaseSync(this.path, { timeout: 0, enableForeignKeyConstraints: true, enableDoubleQuotedStringLiterals: false });
    db.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY; PRAGMA recursive_triggers = OFF;');
    registerFunctions(db, { nextIdentity: (table) => this.#nextIdentity(table), nextRowversion: () => this.#nextRowversion() });
    db.function('ts_context', { deterministic: true }, (key) => this.running ? contextValue(this.running, key as string, undefined) : null);
    db.function('ts_context', { deterministic: true }, (key, length) => this.running ? contextValue(this.running, key as string, Number(length)) : null);
    db.function('ts_is_free', (table, row, mode) => (this.#isFree(String(table), Number(row), mode as LockMode) ? 1n : 0n));
    return db;
  }

  #isFree(table: string, row: number, mode: LockMode): boolean {
    const session = this.running ?? this;
    return !this.rowLocks.concernsOthers(session, table) || this.rowLocks.owners(session, { table, mode, rows: [row] }).size === 0;
  }

  statement(prepared: Prepared, side: Side): StatementSync {
    const known = prepared[side];
    if (known) return known;
    const made = this[side].prepare(prepared.sql);
    made.setReturnArrays(true);
    prepared[side] = made;
    return made;
  }

  /** Within a transaction: all of it happens or, when it throws, nothing. */
  allOrNothing<T>(run: () => T): T {
    this.statement(this.#savepoint.set, 'writer').get();
    try {
      return run();
    } catch (error) {
      // SQLite ends the transaction by itself when the disk is full or fails.
      if (this.writer.isTransaction) this.statement(this.#savepoint.takeBack, 'writer').get();
      throw error;
    } finally {
      if (this.writer.isTransaction) this.statement(this.#savepoint.forget, 'writer').get();
    }
  }

  /** Called after every SQLite commit. */
  committed(): void {
    this.durability.committed();
    this.#checkpointer.committed();
  }

  saveCatalog(catalog: Catalog): void {
    this.writer.prepare('UPDATE "$catalog" SET state = ?').run(typesToJson(catalog.state));
    this.forgetIdentities();
  }

  /** Gaps after a rollback, as on the server. The counter starts behind the largest value there is. */
  #nextIdentity(storage: string): number {
    const table = this.catalog.get(storage);
    const column = table?.columns.find(({ identity }) => identity);
    const increment = column?.identity?.increment ?? 1;
    const last = this.#identities.get(storage) ?? this.#lastIdentity(storage, column?.name ?? 'rowid', (column?.identity?.seed ?? 1) - increment, increment);
    this.#identities.set(storage, last + increment);
    this.lastIdentity = last + increment;
    return last + increment;
  }

  lastIdentity: number | null = null;

  #lastIdentity(storage: string, column: string, before: number, increment: number): number {
    const name = quote(column.toLowerCase());
    const row = this.writer.prepare(`SELECT ${increment > 0 ? 'max' : 'min'}(${name}) AS last FROM ${quote(storage)}`).get();
    return row?.['last'] === null || row?.['last'] === undefined ? before : Number(row['last']);
  }

  /** After a definition the counters are found again: the table may be another one. */
  forgetIdentities(): void {
    this.#identities.clear();
  }

  #nextRowversion(): number {
    this.#rowversion += 1;
    if (this.#rowversion > this.#rowversionLimit) {
      this.#rowversionLimit = this.#rowversion + ROWVERSION_BLOCK;
    }
    return this.#rowversion;
  }

  /** What a transaction promised to the file is forgotten with it. */
  rolledBack(): void {
    this.#savedRowversionLimit = 0;
  }

  /** The block must reach the file no later than the rows that use it: written in the same transaction. */
  #savedRowversionLimit = 0;

  #saveRowversions(): void {
    if (this.#rowversionLimit === this.#savedRowversionLimit || this.#rowversion === 0) return;
    this.writer.prepare('UPDATE "$catalog" SET rowversion = ?').run(BigInt(this.#rowversionLimit));
    this.#savedRowversionLimit = this.#rowversionLimit;
  }

  async close(): Promise<void> {
    this.transaction.flush();
    await this.durability.close();
    await this.#checkpointer.close();
    this.reader.close();
    this.writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.writer.close();
  }
}
