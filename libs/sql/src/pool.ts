import mssql from 'mssql';
import type { Connection } from 'tedious';
import type { DriverBudget } from './budgets.ts';
import { authenticationOf } from './authentication.ts';
import { guard } from './guard.ts';

/** `ConnectionPool#acquire` and `#release` are public in mssql, and missing from its types. */
interface MssqlPool extends Omit<mssql.ConnectionPool, 'connect' | 'close'> {
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  acquire(requester: object): Promise<Connection>;
  release(connection: Connection): void;
}

/** Waiting for what is in flight must not outlast the time between SIGTERM and SIGKILL. */
const closeWithinMs = 5_000;

export interface PoolFigures {
  readonly used: number;
  readonly free: number;
  readonly pending: number;
}

/** `mssql`'s pool, with its defaults put right (reliability §2.2). It is used until something is wrong with it and then replaced. */
export class Pool {
  readonly #pool: MssqlPool;
  readonly #open = new Set<Connection>();
  #connecting: Promise<unknown> | undefined;

  /** @param onError hears of connections that break while nobody uses them; without a listener they would end the process. */
  constructor(connectionString: string, appName: string, budget: DriverBudget, onError: (error: unknown) => void) {
    const config = mssql.ConnectionPool.parseConnectionString(connectionString);
    this.#pool = new mssql.ConnectionPool({
      ...config,
      ...authenticationOf(connectionString),
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
    } as mssql.config) as unknown as MssqlPool;
    this.#pool.on('error', onError);
  }

  async acquire(): Promise<Connection> {
    if (!this.#pool.connected) await this.#connect();
    return this.#pool.acquire(this);
  }

  release(connection: Connection): void {
    this.#pool.release(connection);
  }

  get figures(): PoolFigures {
    const pool = this.#pool.pool as MssqlPool['pool'] | null | undefined; // There is none before the first connection.
    return { used: pool?.numUsed() ?? 0, free: pool?.numFree() ?? 0, pending: pool?.numPendingAcquires() ?? 0 };
  }

  /** Waits for what is in flight, but not for ever: after 5 s the connections are cut. */
  async close(): Promise<void> {
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

  #connect(): Promise<unknown> {
    this.#connecting ??= this.#pool.connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }
}
