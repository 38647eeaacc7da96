import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSqlServer, type FaultRule } from '@checkout/local-sql';
import { migrate } from './migrate.ts';

export { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly connectionString: string;
  readonly port: number;
  /** Makes the server fail as Azure SQL fails; an empty list ends it. */
  faults(rules: readonly FaultRule[]): void;
  /** Takes the server away, as an outage does. What was committed stays. */
  stop(): Promise<void>;
  /** Brings it back, at the same address. */
  start(): Promise<void>;
}

/** The SQL stand-in in a folder of its own with one database, migrated. Dispose of it to remove both. */
export async function startTestDatabase(folders: readonly string[] = [], name = 'test'): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sql-'));
  let server = await startSqlServer({ port: 0, directory, databases: [name] });
  const { port } = server;
  const connectionString = server.connectionString(name);
  await migrate(connectionString, folders);
  return {
    connectionString,
    port,
    faults: (rules) => server.faults(rules),
    stop: async () => {
      await server.close();
    },
    start: async () => {
      server = await startSqlServer({ port, directory, databases: [name] });
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
