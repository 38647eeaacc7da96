import { join } from 'node:path';
import { messagingMigrations } from '@checkout/messaging';
import { createLogger } from '@checkout/observability';
import { Database, migrate } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { SchemaGate, type SchemaState } from './schema-gate.ts';

let server: TestDatabase;
beforeEach(async () => {
  server = await startTestDatabase();
});
afterEach(() => server[Symbol.asyncDispose]());

const logger = createLogger({ service: 'cart', level: 'silent' });

async function asked(connectionString: string): Promise<{ readonly state: SchemaState['kind']; readonly ok: boolean; readonly detail: unknown }> {
  await using database = Database.open({ connectionString, name: 'cart' });
  const gate = new SchemaGate({ service: 'cart', database, folders: [join(import.meta.dirname, 'testing/next-release')], logger });
  const { kind } = await gate.ask();
  return { state: kind, ok: gate.check().ok, detail: gate.check().detail };
}

it('Q41 keeps a service from traffic while the database gives it no right to what is its own, and says who would', async () => {
  server.faults([{ match: 'schema_migration', action: 229, times: 1_000 }]);
  expect(await asked(server.connectionString)).toEqual({ state: 'shut', ok: false, detail: expect.stringContaining('migrate-cart makes its identity a user') as string });
});

it('Q14 keeps a service from traffic while the database does not let it in, and says who would', async () => {
  const { state, ok, detail } = await asked(server.connectionString.replace(/Password=[^;]*/, 'Password=somebody-else\'s'));
  expect({ state, ok, detail }).toEqual({ state: 'shut', ok: false, detail: expect.stringContaining('migrate-cart makes its identity a user') as string });
});

it('lets a service be ready while its database is away: an outage is no reason to take traffic from it', async () => {
  await server.stop();
  expect(await asked(server.connectionString)).toEqual({ state: 'unknown', ok: true, detail: 'the database has not answered yet' });
  await server.start();
});

it('OP06 keeps each service from the database of another, and its migrations too, when connection strings are swapped', async () => {
  const services = ['cart', 'orchestrator', 'inventory', 'payment', 'receipt'];
  const foldersOf = (service: string): string[] => [messagingMigrations, join(import.meta.dirname, `../../../services/${service}/src/store/migrations`)];
  for (const [index, service] of services.entries()) {
    await using other = await startTestDatabase(foldersOf(services[(index + 1) % services.length] ?? ''));
    await using database = Database.open({ connectionString: other.connectionString, name: service });
    const gate = new SchemaGate({ service, database, folders: foldersOf(service), logger });
    const { kind } = await gate.ask();
    expect([service, kind, gate.check().ok]).toEqual([service, 'behind', false]);
    await expect(migrate(other.connectionString, foldersOf(service))).rejects.toThrow('this is another service\'s database');
    expect((await gate.ask()).kind).toBe('behind');
  }
}, 120_000);

it('Q42 names each migration that is missing', async () => {
  expect(await asked(server.connectionString)).toMatchObject({ state: 'behind', ok: false, detail: expect.stringContaining('0009-shelf-of-the-next-release.sql') as string });
});
