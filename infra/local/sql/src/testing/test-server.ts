import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'mssql';
import { startSqlServer } from '../index.ts';

export type Parameters = Readonly<Record<string, unknown>>;
type Typed = readonly [sql.ISqlType | (() => sql.ISqlType), unknown];

/** What an Entra login brings. */
export const TOKEN = 'a token of the tests';
export const binary = 'COLLATE Latin1_General_100_BIN2';

/** A stand-in of its own for one file of tests, and the unmodified driver connected to it. */
export async function startTestServer(databases: readonly string[] = ['shop']) {
  const directory = mkdtempSync(join(tmpdir(), 'local-sql-test-'));
  const server = await startSqlServer({ directory, databases: [...databases], token: TOKEN });
  const pools: sql.ConnectionPool[] = [];

  const connect = async (options: Parameters = {}, max = 10) => {
    const parsed = sql.ConnectionPool.parseConnectionString(server.connectionString(databases[0] ?? 'shop'));
    const config = { ...parsed, ...options, options: { ...parsed.options, ...(options['options'] as object | undefined) }, pool: { max, min: 0 } } as unknown as sql.config;
    const pool = new sql.ConnectionPool(config);
    pool.on('error', () => {});
    pools.push(pool);
    return pool.connect();
  };
  const pool = await connect();

  return {
    server,
    directory,
    pool,
    connect,
    /** Rows of the first result set of a parameterised request. */
    async query(text: string, parameters: Parameters = {}) {
      return (await run(pool.request(), text, parameters)).recordset as Record<string, unknown>[];
    },
    async result(text: string, parameters: Parameters = {}) {
      return run(pool.request(), text, parameters);
    },
    async batch(text: string) {
      return pool.request().batch(text);
    },
    /** The number of the error a request ends with. */
    async failure(text: string, parameters: Parameters = {}): Promise<number | string> {
      try {
        await run(pool.request(), text, parameters);
        return 'no error';
      } catch (error) {
        return numberOf(error);
      }
    },
    async close() {
      for (const each of pools) await each.close();
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export const numberOf = (error: unknown): number | string =>
  typeof error === 'object' && error !== null && 'number' in error && typeof error.number === 'number' ? error.number : error instanceof Error ? `${error.name}: ${error.message}` : String(error);

export function run(request: sql.Request, text: string, parameters: Parameters): Promise<sql.IResult<unknown>> {
  for (const [name, value] of Object.entries(parameters)) {
    if (Array.isArray(value)) {
      const [type, given] = value as unknown as Typed;
      request.input(name, type, given);
    } else request.input(name, value);
  }
  return request.query(text);
}
