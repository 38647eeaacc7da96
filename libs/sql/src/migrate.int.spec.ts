import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { migrationBudget } from './budgets.ts';
import { Connector } from './connector.ts';
import { Database } from './database.ts';
import { admit, migrate } from './migrate.ts';
import { missingMigrations } from './schema.ts';
import { sql } from './sql.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';

let server: TestDatabase;
let folder: string;

beforeEach(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const write = (name: string, source: string): Promise<void> => writeFile(join(folder, name), source);
const run = (): Promise<void> => migrate(server.connectionString, [folder]);
const applied = async (): Promise<string[]> => {
  await using database = Database.open({ connectionString: server.connectionString, name: 'test' });
  const rows = await database.query(z.object({ name: z.string() }), sql`SELECT name FROM schema_migration ORDER BY name;`);
  return rows.map(({ name }) => name);
};

test('runs what is new, in order, each batch between GO lines by itself', async () => {
  await write('0002-more.sql', 'INSERT INTO till (id) VALUES (2);');
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);\r\nGO\r\nINSERT INTO till (id) VALUES (1);\r\nGO\r\n');
  await run();
  await run();
  expect(await applied()).toEqual(['0000-breaker-probe.sql', '0001-tenant-wall.sql', '0001-till.sql', '0002-more.sql']);
  await using database = Database.open({ connectionString: server.connectionString, name: 'test' });
  expect(await database.query(z.object({ id: z.int() }), sql`SELECT id FROM till ORDER BY id;`)).toEqual([{ id: 1 }, { id: 2 }]);
});

test('is run by one of several processes that start at once', async () => {
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);');
  await Promise.all([run(), run(), run()]);
  expect(await applied()).toContain('0001-till.sql');
});

test('refuses a migration that was edited after it had been run', async () => {
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);');
  await run();
  await write('0001-till.sql', 'CREATE TABLE till (id BIGINT NOT NULL PRIMARY KEY);');
  await expect(run()).rejects.toThrow('0001-till.sql was edited after it had been run here');
});

test('leaves nothing of a migration that fails half-way', async () => {
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);\nGO\nINSERT INTO nowhere (id) VALUES (1);');
  await expect(run()).rejects.toThrow(/migration 0001-till.sql failed; nothing of it remains: .*nowhere/);
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);');
  await run();
  expect(await applied()).toContain('0001-till.sql');
});

/** Migrates in a process of its own, which can be killed. */
const migrator = () => spawn(process.execPath, [
  '--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', './tools/swc-hook.mjs', '--input-type=module',
  '--eval', "const { migrate } = await import('./libs/sql/src/migrate.ts'); await migrate(process.env.SQL, [process.env.FOLDER]);",
], { cwd: join(import.meta.dirname, '../../..'), env: { PATH: process.env['PATH'], SQL: server.connectionString, FOLDER: folder }, stdio: ['ignore', 'ignore', 'inherit'] });

const lock = (name: string): string => `EXEC sp_getapplock @Resource = N'${name}', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 60000;`;

test('K35 killed in the middle of a migration: what ran before it stays, nothing of it does, and the next run ends it', async () => {
  // given: the second migration, half run, waits for a lock that is ours
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);');
  await write('0002-drawer.sql', ['CREATE TABLE drawer (id INT NOT NULL PRIMARY KEY);', 'INSERT INTO till (id) VALUES (1);', lock('half run'), lock('ours')].join('\nGO\n'));
  await using holder = new Connector(server.connectionString, 'test', migrationBudget, () => {});
  await using looker = new Connector(server.connectionString, 'test', migrationBudget, () => {});
  const isFree = (name: string) => looker.session((session) => session.batch(`
    DECLARE @got INT;
    EXEC @got = sp_getapplock @Resource = N'${name}', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0;
    IF @got < 0 THROW 51000, 'it is held', 1;`)).then(() => true, (error: unknown) => {
    if (error instanceof Error && error.message.includes('it is held')) return false;
    throw error;
  });
  await holder.session(async (session) => {
    await session.batch(lock('ours'));
    const process = migrator();
    for (const giveUpAt = Date.now() + 60_000; await isFree('half run'); await sleep(50)) if (Date.now() > giveUpAt) throw new Error('It did not come to the middle.');

    // when
    process.kill('SIGKILL');
    await once(process, 'exit');

    // then
    expect(await applied()).toEqual(['0000-breaker-probe.sql', '0001-tenant-wall.sql', '0001-till.sql']);
  });
  await run();
  expect(await applied()).toContain('0002-drawer.sql');
  await using database = Database.open({ connectionString: server.connectionString, name: 'test' });
  expect(await database.query(z.object({ id: z.int() }), sql`SELECT id FROM till;`)).toEqual([{ id: 1 }]);
}, 120_000);

test('refuses two files of one name, of which only one would ever be run, and names that have no place in the order', async () => {
  await write('0001-till.sql', 'SELECT 1;');
  const other = await mkdtemp(join(tmpdir(), 'migrations-'));
  await cp(folder, other, { recursive: true });
  await expect(migrate(server.connectionString, [folder, other])).rejects.toThrow(/a name is run only once/);
  await rm(other, { recursive: true });
  await write('later.sql', 'SELECT 1;');
  await expect(run()).rejects.toThrow(/should be called like 0001-what-it-does.sql/);
});

it('makes the service\'s identity a user, and may be run with every deployment', async () => {
  const identity = { name: 'id-cart-test', clientId: '35918bc9-196d-40ea-9779-889d79b753f0' };
  await admit(server.connectionString, identity);
  await expect(admit(server.connectionString, identity)).resolves.toBeUndefined();
});

test('says what a database has not had yet, and minds nothing that it has had beyond that', async () => {
  await write('0001-till.sql', 'CREATE TABLE till (id INT NOT NULL PRIMARY KEY);');
  await run();
  await write('0002-drawer.sql', 'ALTER TABLE till ADD drawer INT NULL;');
  await using database = Database.open({ connectionString: server.connectionString, name: 'test' });
  expect(await missingMigrations(database, [folder])).toEqual(['0002-drawer.sql']);
  await run();
  expect(await missingMigrations(database, [folder])).toEqual([]);
  await rm(join(folder, '0002-drawer.sql'));
  expect(await missingMigrations(database, [folder])).toEqual([]);
});
