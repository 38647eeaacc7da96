import mssql from 'mssql';
import type { ServiceName, Site } from '@checkout/local-network';

/** The services' databases, and the desk's. */
export type DatabaseName = ServiceName | 'operations';

export type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the databases past the product, with the plain driver: a checker that shared the product's code would share its mistakes. Never used
 * while faults are in force, because they would hit it as well.
 */
export class Tables implements AsyncDisposable {
  readonly #site: Site;
  readonly #pools = new Map<DatabaseName, Promise<mssql.ConnectionPool>>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** Reads behind the wall between tenants: the checker looks at everybody's rows. */
  async query<R extends object = Row>(database: DatabaseName, statement: string): Promise<readonly R[]> {
    const pool = await this.#pool(database);
    try {
      // The checker sees every tenant's rows.
      const { recordset } = await pool.request().query<R>(`EXEC sp_set_session_context @key = N'scope', @value = 'service'; ${statement}`);
      return recordset ?? [];
    } catch (error) {
      this.#pools.delete(database);
      await pool.close().catch(() => {});
      throw error;
    }
  }

  all<R extends object = Row>(database: DatabaseName, table: string): Promise<readonly R[]> {
    return this.query<R>(database, `SELECT * FROM ${table};`);
  }

  async count(database: DatabaseName, from: string): Promise<number> {
    const [row] = await this.query<{ n: number }>(database, `SELECT COUNT(*) AS n FROM ${from};`);
    return row?.n ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pool of this.#pools.values()) await (await pool.catch(() => undefined))?.close();
  }

  #pool(database: DatabaseName): Promise<mssql.ConnectionPool> {
    const known = this.#pools.get(database);
    if (known) return known;
    const pool = new mssql.ConnectionPool({
      server: '127.0.0.1', port: this.#site.ports.sql, database, user: 'sa', password: this.#site.sqlPassword, requestTimeout: 20_000, pool: { max: 2, min: 0 },
      options: { encrypt: false, trustServerCertificate: true },
    }).on('error', () => {}).connect();
    this.#pools.set(database, pool);
    return pool;
  }
}
