import mssql from 'mssql';
import { Request, type Connection } from 'tedious';
import type { DriverBudget } from './budgets.ts';
import { classify } from './classify.ts';
import { guard } from './guard.ts';
import type { Sql } from './sql.ts';

export type Row = Record<string, unknown>;
export type Recordset = Row[];

/** Whether a statement left this process: what was never sent cannot have been committed. */
export interface Dispatch {
  sent: boolean;
}

/** One borrowed connection, for what needs the same session throughout. */
export interface Session {
  execute(statement: Sql): Promise<Recordset[]>;
  /** Runs text as a batch of its own, outside `sp_executesql`: some DDL must be alone, and a transaction may stay open. */
  batch(text: string): Promise<void>;
}

/** `ConnectionPool#acquire` and `#release` are public in mssql, and missing from its types. */
interface Pool extends Omit<mssql.ConnectionPool, 'connect' | 'close'> {
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  acquire(requester: object): Promise<Connection>;
  release(connection: Connection): void;
}

/** Waiting for what is in flight must not outlast the time between SIGTERM and SIGKILL. */
const closeWithinMs = 5_000;

const isolated: AbortSignal = new AbortController().signal;

/**
 * A pool of connections to one database: `mssql`'s, with the cures for what it does wrong (reliability §2.2).
 *
 * Statements run on the borrowed connection itself rather than through `mssql`'s Request. That tells for certain whether a statement was sent,
 * and lets us close exactly the connection that failed, which `mssql` would lend to the next caller. It is little faster (about a tenth of the
 * CPU of a round trip): most of that is the driver's, the socket's and the collector's, so what helps is to make fewer round trips.
 */
export class Connector implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #open = new Set<Connection>();
  #connecting: Promise<unknown> | undefined;
  #closed = false;

  /** @param onError hears of connections that break while nobody uses them; without a listener they would end the process. */
  constructor(connectionString: string, appName: string, budget: DriverBudget, onError: (error: unknown) => void) {
    const config = mssql.ConnectionPool.parseConnectionString(connectionString);
    this.#pool = new mssql.ConnectionPool({
      ...config,
      requestTimeout: budget.requestMs,
      connectionTimeout: budget.connectMs,
      validateConnection: 'socket', // The default asks `SELECT 1` before every statement.
      pool: {
        min: 0,
        max: budget.connections,
        acquireTimeoutMillis: budget.acquireMs,
        createTimeoutMillis: budget.connectMs + 1_000,
        destroyTimeoutMillis: 1_000,
        idleTimeoutMillis: 60_000,
      },
      options: {
        ...config.options,
        appName,
        abortTransactionOnError: true, // Else the driver turns XACT_ABORT off.
        cancelTimeout: budget.cancelMs,
        maxRetriesOnTransientErrors: 0, // The breaker retries; four hidden logins per failure would storm a failover.
        lowerCaseGuids: true, // As JavaScript makes them, so that they compare equal.
      } as mssql.IOptions,
      beforeConnect: (connection: Connection) => {
        guard(connection);
        this.#open.add(connection);
        connection.on('end', () => this.#open.delete(connection));
      },
    } as mssql.config) as unknown as Pool;
    this.#pool.on('error', onError);
  }

  /**
   * Runs one statement as one round trip.
   * @returns one array of rows for each recordset, in order.
   * @throws the driver's error, or the signal's reason when it was aborted before the statement was sent.
   */
  async execute(statement: Sql, signal: AbortSignal, dispatch?: Dispatch): Promise<Recordset[]> {
    const connection = await this.#borrow();
    try {
      signal.throwIfAborted(); // Borrowing may have outlasted the caller's patience.
    } catch (error) {
      this.#pool.release(connection);
      throw error;
    }
    try {
      if (dispatch) dispatch.sent = true;
      return await send(connection, statement, signal);
    } catch (error) {
      if (signal.aborted || spoils(error)) connection.close(); // The pool makes another in its place.
      throw error;
    } finally {
      this.#pool.release(connection);
    }
  }

  /** Lends one connection for the whole of `work` and closes it afterwards, whatever was left in it. */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await this.#borrow();
    try {
      return await work({
        execute: (statement) => send(connection, statement, isolated),
        batch: (text) => sendBatch(connection, text),
      });
    } finally {
      connection.close();
      this.#pool.release(connection);
    }
  }

  /** Waits for what is in flight, but not for ever: after 5 s the connections are cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const cut = setTimeout(() => this.#cut(), closeWithinMs);
    try {
      if (this.#connecting) {
        this.#cut(); // mssql refuses to close a pool that is connecting.
        await this.#connecting.catch(() => {});
      }
      await this.#pool.close();
    } finally {
      clearTimeout(cut);
    }
  }

  #cut(): void {
    for (const connection of this.#open) connection.close();
  }

  async #borrow(): Promise<Connection> {
    if (this.#closed) throw Object.assign(new Error('the database is closed'), { code: 'ECONNCLOSED' });
    if (!this.#pool.connected) await this.#connect();
    return this.#pool.acquire(this);
  }

  #connect(): Promise<unknown> {
    this.#connecting ??= this.#pool.connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }
}

/** A statement ended with another number of open transactions than it began with: it left one behind. */
const unbalancedTransactions = 266;

/** After these the session may hold a transaction, another's context or a dead socket. */
const spoils = (error: unknown): boolean => {
  const { verdict, kind, number } = classify(error);
  return verdict === 'fail' || verdict === 'trip' || kind === 'dirty-connection' || kind === 'tenant' || kind === 'cancelled' || number === unbalancedTransactions;
};

interface Column {
  readonly value: unknown;
}

function send(connection: Connection, statement: Sql, signal: AbortSignal): Promise<Recordset[]> {
  return new Promise((resolve, reject) => {
    const recordsets: Recordset[] = [];
    let names: string[] = [];
    let rows: Recordset = [];
    const cancel = (): void => void connection.cancel();
    const request = new Request(statement.text, (error) => {
      signal.removeEventListener('abort', cancel);
      if (error) reject(error);
      else resolve(recordsets);
    });
    request.on('columnMetadata', (columns) => {
      names = (columns as readonly { readonly colName: string }[]).map((column) => column.colName);
      rows = [];
      recordsets.push(rows);
    });
    request.on('row', (columns: readonly Column[]) => {
      const row: Row = {};
      for (let index = 0; index < columns.length; index += 1) row[names[index] ?? ''] = columns[index]?.value;
      rows.push(row);
    });
    for (const [index, { type, value }] of statement.parameters.entries()) request.addParameter(`p${index}`, type.driver, value, type.options);
    signal.addEventListener('abort', cancel, { once: true });
    connection.execSql(request);
  });
}

function sendBatch(connection: Connection, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.execSqlBatch(new Request(text, (error) => (error ? reject(error) : resolve())));
  });
}
