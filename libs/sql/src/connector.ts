import { Request, type Connection } from 'tedious';
import type { DriverBudget } from './budgets.ts';
import { classify } from './classify.ts';
import { TooManyRows } from './errors.ts';
import { Pool, type PoolFigures } from './pool.ts';
import type { Sql } from './sql.ts';

export type Row = Record<string, unknown>;
export type Recordset = Row[];

/** Whether a statement left this process: what was never sent cannot have been committed. */
export interface Dispatch {
  sent: boolean;
  /** It speaks for somebody else than the lane does. Should it fail half-way, nobody may have its session afterwards. */
  readonly isPersonal?: boolean;
}

/** One borrowed connection, for what needs the same session throughout. */
export interface Session {
  execute(statement: Sql): Promise<Recordset[]>;
  /** Runs text as a batch of its own, outside `sp_executesql`: some DDL must be alone, and a transaction may stay open. */
  batch(text: string): Promise<void>;
}

const isolated: AbortSignal = new AbortController().signal;

/**
 * Connections to one database.
 *
 * Statements run on the borrowed connection itself rather than through `mssql`'s Request. That tells for certain whether a statement was sent,
 * and lets us close exactly the connection that failed, which `mssql` would lend to the next caller. It is little faster (about a tenth of the
 * CPU of a round trip): most of that is the driver's, the socket's and the collector's, so what helps is to make fewer round trips.
 */
export class Connector implements AsyncDisposable {
  readonly #makePool: () => Pool;
  #pool: Pool;
  /** Pools that were replaced and still wait for what is in flight on them. */
  readonly #retiring = new Set<Promise<void>>();
  #closed = false;

  /** @param onError hears of connections that break while nobody uses them. */
  constructor(connectionString: string, appName: string, budget: DriverBudget, onError: (error: unknown) => void) {
    this.#makePool = () => new Pool(connectionString, appName, budget, onError);
    this.#pool = this.#makePool();
  }

  /**
   * Runs one statement as one round trip.
   * @returns one array of rows for each recordset, in order.
   * @throws the driver's error, or the signal's reason when it was aborted before the statement was sent.
   */
  async execute(statement: Sql, signal: AbortSignal, dispatch?: Dispatch): Promise<Recordset[]> {
    const [pool, connection] = await this.#borrow();
    try {
      signal.throwIfAborted(); // Borrowing may have outlasted the caller's patience.
    } catch (error) {
      pool.release(connection);
      throw error;
    }
    try {
      if (dispatch) dispatch.sent = true;
      return await send(connection, statement, signal);
    } catch (error) {
      if (signal.aborted || dispatch?.isPersonal || spoils(error)) connection.close(); // The pool makes another in its place.
      throw error;
    } finally {
      pool.release(connection);
    }
  }

  /** Lends one connection for the whole of `work` and closes it afterwards, whatever was left in it. */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const [pool, connection] = await this.#borrow();
    try {
      return await work({
        execute: (statement) => send(connection, statement, isolated),
        batch: (text) => sendBatch(connection, text),
      });
    } finally {
      connection.close();
      pool.release(connection);
    }
  }

  get figures(): PoolFigures {
    return this.#pool.figures;
  }

  /**
   * Goes on with a new pool; the old one is closed behind it, within 5 s. After an outage no connection of before is worth anything, and a pool
   * that has lost count of them (there are reports of such after failovers) would never come back.
   */
  renew(): void {
    if (this.#closed) return;
    const old = this.#pool;
    this.#pool = this.#makePool();
    const retiring = old.close().catch(() => {}).finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  /** Waits for what is in flight, at most 5 s. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#pool.close(), ...this.#retiring]);
  }

  async #borrow(): Promise<readonly [Pool, Connection]> {
    if (this.#closed) throw Object.assign(new Error('the database is closed'), { code: 'ECONNCLOSED' });
    const pool = this.#pool;
    return [pool, await pool.acquire()];
  }
}

/** A statement ended with another number of open transactions than it began with: it left one behind. */
const unbalancedTransactions = 266;

/** After these the session may hold a transaction, another's context or a dead socket. */
const spoils = (error: unknown): boolean => {
  const { verdict, kind, number } = classify(error);
  return verdict === 'fail' || verdict === 'trip' || kind === 'dirty-connection' || kind === 'tenant' || kind === 'cancelled' || number === unbalancedTransactions;
};

/** Far more than a batch of messages needs, and than the memory of a process bears when several are read at once. */
const maxRows = 100_000;

interface Column {
  readonly value: unknown;
}

function send(connection: Connection, statement: Sql, signal: AbortSignal): Promise<Recordset[]> {
  return new Promise((resolve, reject) => {
    const recordsets: Recordset[] = [];
    let names: string[] = [];
    let rows: Recordset = [];
    let tooMany: TooManyRows | undefined;
    let isDone = false;
    const cancel = (): void => void connection.cancel();
    const request = new Request(statement.text, (error) => {
      signal.removeEventListener('abort', cancel);
      const failure = tooMany ?? (error && connection.closed ? withCode(error) : error);
      if (failure) reject(failure);
      else if (isDone) resolve(recordsets);
      else reject(withCode(new Error('the answer ended before the server had said that it was done')));
    });
    request.on('doneProc', () => {
      isDone = true;
    });
    request.on('columnMetadata', (columns) => {
      names = (columns as readonly { readonly colName: string }[]).map((column) => column.colName);
      rows = [];
      recordsets.push(rows);
    });
    request.on('row', (columns: readonly Column[]) => {
      if (rows.length === maxRows) {
        if (!tooMany) cancel();
        tooMany ??= new TooManyRows(maxRows);
        return;
      }
      const row: Row = {};
      for (let index = 0; index < columns.length; index += 1) row[names[index] ?? ''] = columns[index]?.value;
      rows.push(row);
    });
    for (const [index, { type, value }] of statement.parameters.entries()) request.addParameter(`p${index}`, type.driver, value, type.options);
    signal.addEventListener('abort', cancel, { once: true });
    connection.execSql(request);
  });
}

/** An answer that the driver cannot read ends its connection, with an error that has no code. */
function withCode(error: Error & { code?: unknown }): Error {
  error.code ??= 'EPROTOCOL';
  return error;
}

function sendBatch(connection: Connection, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.execSqlBatch(new Request(text, (error) => (error ? reject(error) : resolve())));
  });
}
