import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { retry } from '@checkout/resilience';
import { z } from 'zod';
import { migrationBudget } from './budgets.ts';
import { classify } from './classify.ts';
import { Connector, type Session } from './connector.ts';
import type { Logger } from './logger.ts';
import { serviceUserBatch, type ServiceIdentity } from './service-user.ts';
import { sql } from './sql.ts';
import { varchar } from './types.ts';

interface Migration {
  readonly name: string;
  readonly checksum: string;
  readonly batches: readonly string[];
}

const AppliedRow = z.object({ name: z.string(), checksum: z.string() });

/** Makes an identity a user of the database. Not a migration: which identity it is differs by environment. */
export async function admit(connectionString: string, identity: ServiceIdentity, logger?: Logger): Promise<void> {
  await using connector = new Connector(connectionString, 'migrate', migrationBudget, (error) => logger?.warn({ err: error }, 'an idle connection broke'));
  await connector.session((session) => session.batch(serviceUserBatch(identity)));
}

/** Whoever has had a file of this number began with it, so it says whose database it is. What a library adds later has a higher one. */
const first = '0001-';

/** What every database has, whatever else: the table that the breaker's prober writes to. */
const ownFolder = join(import.meta.dirname, '../migrations');

/** A database that is only just starting is waited for. */
const patience = { firstMs: 500, maxMs: 2_000, retries: 60, withinMs: 60_000 };

/**
 * Brings a database up to date: runs what has not been run of the numbered `.sql` files, folder by folder and in the order of their numbers.
 * Each file is one transaction and is recorded with its checksum. Several processes may call this at once; one does the work.
 * @param folders a library's before the service's own. A file name may occur only once among all of them.
 * @throws Error when a file that was run has been edited since: write a new migration instead. Also when the database has had the first migration of somebody
 * else: two services in one database would send each other's outbox.
 */
export async function migrate(connectionString: string, folders: readonly string[], logger?: Logger): Promise<void> {
  const migrations = await load([ownFolder, ...folders]);
  await using connector = new Connector(connectionString, 'migrate', migrationBudget, (error) => logger?.warn({ err: error }, 'an idle connection broke'));
  const isStarting = (error: unknown): boolean => ['fail', 'trip'].includes(classify(error).verdict) && classify(error).kind !== 'credentials';
  await retry(() => connector.session((session) => run(session, migrations, logger)), patience, isStarting);
}

/** What `migrate` would run on an empty database, in order. */
export const migrationNames = async (folders: readonly string[]): Promise<string[]> => (await load([ownFolder, ...folders])).map(({ name }) => name);

async function run(session: Session, migrations: readonly Migration[], logger: Logger | undefined): Promise<void> {
  // A migration changes the rows of all tenants.
  await session.batch("SET XACT_ABORT, NOCOUNT ON; EXEC sp_set_session_context @key = N'scope', @value = 'service';");
  // Owned by the session: closing the connection releases it, even when this process dies.
  await session.batch(`
    DECLARE @got INT;
    EXEC @got = sp_getapplock @Resource = N'schema_migration', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 120000;
    IF @got < 0 THROW 51002, 'another migration holds the lock', 1;`);
  await session.batch(`
    IF OBJECT_ID(N'schema_migration', N'U') IS NULL
      CREATE TABLE schema_migration (
        name VARCHAR(200) NOT NULL,
        checksum VARCHAR(64) NOT NULL,
        applied_at DATETIME2(3) NOT NULL,
        CONSTRAINT pk_schema_migration PRIMARY KEY (name)
      );`);
  const [rows = []] = await session.execute(sql`SELECT name, checksum FROM schema_migration;`);
  const applied = new Map(rows.map((row) => AppliedRow.parse(row)).map(({ name, checksum }) => [name, checksum]));
  const foreign = [...applied.keys()].filter((name) => name.startsWith(first) && !migrations.some((migration) => migration.name === name));
  if (foreign.length > 0) throw new Error(`this is another service's database: it has had ${foreign.join(', ')}. Nothing was changed; look at SQL_CONNECTION`);
  for (const migration of migrations) {
    if (!applied.has(migration.name)) {
      await apply(session, migration);
      logger?.info({ migration: migration.name }, 'migration run');
    } else if (applied.get(migration.name) !== migration.checksum) {
      throw new Error(`${migration.name} was edited after it had been run here; restore it and write a new migration`);
    }
  }
}

async function apply(session: Session, { name, checksum, batches }: Migration): Promise<void> {
  try {
    await session.batch('BEGIN TRAN;');
    for (const batch of batches) await session.batch(batch);
    await session.execute(sql`
      INSERT INTO schema_migration (name, checksum, applied_at)
      VALUES (${varchar(200, name)}, ${varchar(64, checksum)}, SYSUTCDATETIME());`);
    await session.batch('COMMIT;');
  } catch (error) {
    throw new Error(`migration ${name} failed; nothing of it remains: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function load(folders: readonly string[]): Promise<Migration[]> {
  const migrations: Migration[] = [];
  const seen = new Map<string, string>();
  for (const folder of folders) {
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()) {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) throw new Error(`${join(folder, name)} should be called like 0001-what-it-does.sql`);
      const elsewhere = seen.get(name);
      if (elsewhere !== undefined) throw new Error(`${name} is in ${elsewhere} and in ${folder}; a name is run only once, so give one another name`);
      seen.set(name, folder);
      migrations.push(parse(name, await readFile(join(folder, name), 'utf8')));
    }
  }
  return migrations;
}

function parse(name: string, source: string): Migration {
  const content = source.replaceAll('\r\n', '\n'); // A checkout on Windows is the same migration.
  return {
    name,
    checksum: createHash('sha256').update(content).digest('hex'),
    batches: content.split(/^[ \t]*GO[ \t]*$/im).filter((batch) => batch.trim() !== ''),
  };
}
