import sql from 'mssql';

const key = (name: string, length: number) => `${name} VARCHAR(${length}) COLLATE Latin1_General_100_BIN2 NOT NULL`;
const tables = (prefix: string) => `CREATE TABLE ${prefix}_stock (${key('tenant_id', 40)}, ${key('sku', 40)}, reserved INT NOT NULL, PRIMARY KEY (tenant_id, sku));
CREATE TABLE ${prefix}_reservation (${key('tenant_id', 40)}, ${key('id', 60)}, ${key('sku', 40)}, quantity INT NOT NULL, PRIMARY KEY (tenant_id, id, sku));
INSERT INTO ${prefix}_stock (tenant_id, sku, reserved) SELECT 'tenant-1', j.value, 0 FROM OPENJSON('${JSON.stringify(Array.from({ length: 1000 }, (_, i) => `sku-${i}`))}') AS j;`;
const wall = `CREATE FUNCTION dbo.tenant_wall(@tenant_id VARCHAR(40)) RETURNS TABLE WITH SCHEMABINDING AS
RETURN SELECT 1 AS allowed
WHERE CAST(SESSION_CONTEXT(N'scope') AS VARCHAR(10)) COLLATE Latin1_General_100_BIN2 = 'service'
   OR CAST(SESSION_CONTEXT(N'tenant_id') AS VARCHAR(40)) COLLATE Latin1_General_100_BIN2 = @tenant_id;`;
const predicates = ['stock', 'reservation'].flatMap((table) => [
  `ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.walled_${table}`,
  ...['INSERT', 'UPDATE'].map((verb) => `ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.walled_${table} AFTER ${verb}`),
]);

const list = (columns: string) => `OPENJSON(@lines) WITH (tenantId VARCHAR(40) '$.t', id VARCHAR(60) '$.i', sku VARCHAR(40) '$.k'${columns}) AS j`;
const same = (alias: string) => `${alias}.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND ${alias}.sku = j.sku COLLATE Latin1_General_100_BIN2`;
const load = (prefix: string) => `SELECT s.sku, s.reserved FROM ${prefix}_stock AS s JOIN ${list('')} ON ${same('s')};`;
const commit = (prefix: string) => `SET XACT_ABORT, NOCOUNT ON;
IF @@TRANCOUNT <> 0 THROW 51000, 'dirty connection', 1;
BEGIN TRAN;
UPDATE s SET s.reserved = s.reserved + j.quantity FROM ${prefix}_stock AS s JOIN ${list(", quantity INT '$.q'")} ON ${same('s')};
INSERT INTO ${prefix}_reservation (tenant_id, id, sku, quantity) SELECT j.tenantId, j.id, j.sku, j.quantity FROM ${list(", quantity INT '$.q'")};
COMMIT;`;
const scoped = (text: string) => `EXEC sp_set_session_context @key = N'scope', @value = 'service';
${text}
EXEC sp_set_session_context @key = N'scope', @value = NULL;`;

/** A load and a commit of the shape the services write, over so many rows each: over plain tables, and over tables that a security policy guards. */
export function tenantWall(pool: sql.ConnectionPool, rows: number): { readonly plain: () => Promise<void>; readonly walled: () => Promise<void> } {
  let serial = 0;
  const pair = (prefix: string, wrap: (text: string) => string) => async () => {
    serial += 1;
    const lines = JSON.stringify(Array.from({ length: rows }, (_, i) => ({ t: 'tenant-1', i: `${process.pid}-${rows}-${serial}`, k: `sku-${(serial * 31 + i * 7) % 1000}`, q: 1 })));
    const run = (text: string) => pool.request().input('lines', sql.NVarChar(sql.MAX), lines).query(wrap(text));
    await run(load(prefix));
    await run(commit(prefix));
  };
  return { plain: pair('plain', (text) => text), walled: pair('walled', scoped) };
}

/** What {@link tenantWall} runs over. */
export async function buildWall(pool: sql.ConnectionPool): Promise<void> {
  for (const text of [tables('plain'), tables('walled'), wall, `CREATE SECURITY POLICY dbo.wall ${predicates.join(', ')} WITH (STATE = ON)`]) await pool.request().batch(text);
}
