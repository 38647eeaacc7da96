import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSqlServer, type FaultRule } from '@checkout/local-sql';
import { budgets } from './budgets.ts';
import { Connector } from './connector.ts';
import { migrate } from './migrate.ts';

export { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly connectionString: string;
  readonly port: number;
  /** Makes the server fail as Azure SQL fails; an empty list ends it. */
  faults(rules: readonly FaultRule[]): void;
  /** Somebody's session that has run this batch and then does nothing: what it has locked stays so until it is disposed of. */
  hold(batch: string): Promise<AsyncDisposable>;
  /** Takes the server away, as an outage does. What was committed stays. */
  stop(): Promise<void>;
  /** Brings it back, at the same address. */
  start(): Promise<void>;
  /** Remembers everything as it is now. @returns what puts it back, as a restore to this point in time does */
  backUp(): Promise<() => Promise<void>>;
}

/** The SQL stand-in in a folder of its own with one database, migrated. Dispose of it to remove both. */
export async function startTestDatabase(folders: readonly string[] = [], name = 'test'): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sql-'));
  let server = await startSqlServer({ port: 0, directory, databases: [name] });
  const { port } = server;
  const connectionString = server.connectionString(name);
  await migrate(connectionString, folders);
  const start = async (): Promise<void> => {
    server = await startSqlServer({ port, directory, databases: [name] });
  };
  return {
    connectionString,
    port,
    faults: (rules) => server.faults(rules),
    hold: (batch) => hold(connectionString, batch),
    stop: async () => {
      await server.close();
    },
    start,
    backUp: async () => {
      const copy = await mkdtemp(join(directory, '../checkout-sql-copy-'));
      await server.close();
      await cp(directory, copy, { recursive: true });
      await start();
      return async () => {
        await server.close();
        await rm(directory, { recursive: true, force: true });
        await rename(copy, directory);
        await start();
      };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function hold(connectionString: string, batch: string): Promise<AsyncDisposable> {
  const connector = new Connector(connectionString, 'somebody', budgets.work.driver, () => {});
  const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const session = connector.session(async (somebody) => {
    await somebody.batch(batch);
    held.resolve();
    await released.promise;
  });
  await Promise.race([held.promise, session]);
  return {
    [Symbol.asyncDispose]: async () => {
      released.resolve();
      await session;
      await connector[Symbol.asyncDispose]();
    },
  };
}
