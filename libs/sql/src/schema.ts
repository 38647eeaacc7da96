import { z } from 'zod';
import type { Database } from './database.ts';
import { migrationNames } from './migrate.ts';
import { sql } from './sql.ts';

const Present = z.object({ id: z.int().nullable() });
const Applied = z.object({ name: z.string() });

/**
 * The migrations of these folders that have not been run on a database, in their order. What it has had beyond them is of a newer release, and no
 * matter: releases only add to what older ones use.
 * @param folders the same as `migrate` was given.
 * @throws DependencyUnavailable
 */
export async function missingMigrations(database: Pick<Database, 'query'>, folders: readonly string[]): Promise<string[]> {
  const wanted = await migrationNames(folders);
  const [table] = await database.query(Present, sql`SELECT OBJECT_ID(N'schema_migration', N'U') AS id;`);
  if (typeof table?.id !== 'number') return wanted;
  const applied = new Set((await database.query(Applied, sql`SELECT name FROM schema_migration;`)).map(({ name }) => name));
  return wanted.filter((name) => !applied.has(name));
}
