import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSqlServer } from '@checkout/local-sql';
import sql from 'mssql';
import { Session } from './session.ts';

/** What the cases run against: the stand-in, or the server that MSSQL_URL names, in a database of its own that is dropped at the end. */
export interface Subject extends AsyncDisposable {
  readonly isStandIn: boolean;
  readonly isAzure: boolean;
  /** A connection of its own, so that no option or transaction of another case is on it. */
  session(): Promise<Session>;
}

export async function openSubject(url = process.env['MSSQL_URL']): Promise<Subject> {
  return url ? realServer(url) : standIn();
}

async function standIn(): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), 'sql-conformance-'));
  const server = await startSqlServer({ directory, databases: ['conformance'] });
  return {
    isStandIn: true,
    isAzure: true,
    session: async () => new Session(await connect(server.connectionString('conformance'))),
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** A box product gets the options that Azure SQL has by default: the collation, and read committed by row versions. */
async function realServer(url: string): Promise<Subject> {
  const database = `conformance_${randomBytes(6).toString('hex')}`;
  const administrator = await connect(url);
  const edition = await administrator.request().query<{ edition: number }>(`SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT) AS edition`);
  const isAzure = edition.recordset[0]?.edition === 5;
  await administrator.request().batch(`CREATE DATABASE ${database} COLLATE SQL_Latin1_General_CP1_CI_AS`);
  if (!isAzure) await administrator.request().batch(`ALTER DATABASE ${database} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE`);
  return {
    isStandIn: false,
    isAzure,
    session: async () => new Session(await connect(url, database)),
    async [Symbol.asyncDispose]() {
      if (!isAzure) await administrator.request().batch(`ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
      await administrator.request().batch(`DROP DATABASE ${database}`);
      await administrator.close();
    },
  };
}

async function connect(url: string, database?: string): Promise<sql.ConnectionPool> {
  const parsed = sql.ConnectionPool.parseConnectionString(url) as sql.config;
  const pool = new sql.ConnectionPool({ ...parsed, ...(database === undefined ? {} : { database }), requestTimeout: 20_000, pool: { min: 0, max: 1 } });
  pool.on('error', () => {});
  return pool.connect();
}
