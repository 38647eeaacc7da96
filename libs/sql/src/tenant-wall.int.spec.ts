import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { Database } from './database.ts';
import { sql } from './sql.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';
import { varchar } from './types.ts';

const root = join(import.meta.dirname, '../../..');
const services = globSync('services/*/src/store/migrations', { cwd: root }).map((folder) => ({ service: basename(dirname(dirname(dirname(folder)))), folder: join(root, folder) }));
const messaging = join(root, 'libs/messaging/migrations');
const Named = z.object({ name: z.string() });

it('finds the services', () => {
  expect(services.map(({ service }) => service)).toEqual(expect.arrayContaining(['cart', 'inventory', 'orchestrator', 'payment', 'receipt']));
  expect(existsSync(messaging)).toBe(true);
});

describe.each(services)('the database of $service', ({ service, folder }) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await startTestDatabase([messaging, folder], service);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('has no table of tenants without a wall: hidden from others, and closed to their rows', async () => {
    await using database = Database.open({ connectionString: test.connectionString, name: service });
    const open = await database.query(Named, sql`
      SELECT t.name
      FROM sys.tables AS t
      JOIN sys.columns AS c ON c.object_id = t.object_id AND c.name = 'tenant_id'
      WHERE 3 > (
        SELECT COUNT(*)
        FROM sys.security_predicates AS p
        JOIN sys.security_policies AS s ON s.object_id = p.object_id
        WHERE p.target_object_id = t.object_id
          AND s.is_enabled = 1
          AND (p.predicate_type_desc = 'FILTER' OR p.operation_desc IN ('AFTER INSERT', 'AFTER UPDATE'))
      )
      ORDER BY t.name;`);
    expect(open).toEqual([]);
  });

  it('X178 shows the marks of one tenant to that tenant, those of all to the service, and none to who does not say', async () => {
    await using database = Database.open({ connectionString: test.connectionString, name: service });
    await using reads = Database.open({ connectionString: test.connectionString, name: service, lane: 'read' });
    await database.commit(sql`
      INSERT INTO inbox (tenant_id, message_id, handled_at)
      VALUES ('tenant-a', 'm-1', SYSUTCDATETIME()), ('tenant-b', 'm-2', SYSUTCDATETIME());`);
    const Mark = z.object({ id: z.string() });
    // A repository that forgot its tenant.
    const marks = sql`SELECT message_id AS id FROM inbox ORDER BY message_id;`;
    expect(await reads.forTenant('tenant-a').query(Mark, marks)).toEqual([{ id: 'm-1' }]);
    expect(await reads.forTenant('tenant-b').query(Mark, marks)).toEqual([{ id: 'm-2' }]);
    expect(await reads.forTenant('TENANT-A').query(Mark, marks)).toEqual([]);
    expect(await reads.query(Mark, marks)).toEqual([]);
    expect(await reads.forEveryTenant().query(Mark, marks)).toHaveLength(2);
    expect(await database.query(Mark, marks)).toHaveLength(2);
  });

  it('X178 X179 Q40 takes no row for another tenant, and leaves no tenant behind on a connection that failed', async () => {
    await using reads = Database.open({ connectionString: test.connectionString, name: service, lane: 'read' });
    const insert = (tenant: string) => sql`INSERT INTO inbox (tenant_id, message_id, handled_at) OUTPUT inserted.message_id AS name VALUES (${varchar(40, tenant)}, ${varchar(100, `by-${tenant}`)}, SYSUTCDATETIME());`;
    await expect(reads.forTenant('tenant-a').query(Named, insert('tenant-b'))).rejects.toMatchObject({ number: 33_504 });
    await expect(reads.query(Named, insert('tenant-b'))).rejects.toMatchObject({ number: 33_504 });
    expect(await reads.forTenant('tenant-a').query(Named, insert('tenant-a'))).toHaveLength(1);
    const failures = Array.from({ length: 20 }, () => reads.forTenant('tenant-a').query(Named, sql`SELECT CAST('x' AS INT) AS name;`).catch((error: unknown) => error));
    expect((await Promise.all(failures)).every((error) => error instanceof Error)).toBe(true);
    const forgetful = await Promise.all(Array.from({ length: 8 }, () => reads.query(Named, sql`SELECT message_id AS name FROM inbox;`)));
    expect(forgetful.flat()).toEqual([]);
  });
});
