import sql from 'mssql';
import { numberOf, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
const wall = `CREATE FUNCTION dbo.tenant_wall(@tenant_id VARCHAR(40)) RETURNS TABLE WITH SCHEMABINDING AS
RETURN SELECT 1 AS allowed
WHERE @tenant_id = CAST(SESSION_CONTEXT(N'tenant_id') AS VARCHAR(40)) COLLATE Latin1_General_100_BIN2
   OR CAST(SESSION_CONTEXT(N'scope') AS VARCHAR(20)) = 'service';`;
const policy = `CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.sale,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.sale AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.sale AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.line
  WITH (STATE = ON, SCHEMABINDING = ON);`;

beforeAll(async () => {
  db = await startTestServer();
  await db.batch(`CREATE TABLE sale (tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL, id INT NOT NULL, note NVARCHAR(20) NULL, PRIMARY KEY (tenant_id, id));
    CREATE TABLE line (tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL, id INT NOT NULL, n INT NOT NULL);
    CREATE TABLE currency (code CHAR(3) NOT NULL PRIMARY KEY)`);
  await db.batch(wall);
  await db.batch(policy);
});
afterAll(() => db.close());
beforeEach(() => as('service', "DELETE FROM sale; DELETE FROM line; INSERT INTO sale VALUES ('a', 1, N'x'), ('a', 2, NULL), ('b', 1, N'y'); INSERT INTO line VALUES ('a', 1, 1), ('b', 1, 5)"));

/** One batch for one tenant, or for the service; clears what it has set. */
const scoped = (scope: string, text: string) => `EXEC sp_set_session_context @key = N'${scope === 'service' ? 'scope' : 'tenant_id'}', @value = '${scope}'; ${text}; EXEC sp_set_session_context @key = N'${scope === 'service' ? 'scope' : 'tenant_id'}', @value = NULL;`;
const as = async (scope: string, text: string) => (await db.result(scoped(scope, text))).recordset as Record<string, unknown>[];
const failureAs = async (scope: string, text: string) => {
  const pool = await db.connect({}, 1);
  return pool.request().query(scoped(scope, text)).then(() => 'no error', numberOf);
};
const sales = () => as('service', 'SELECT tenant_id AS t, id FROM sale ORDER BY tenant_id, id');

describe('the context of a session', () => {
  it('is text, belongs to one session, and is asked without regard to case', async () => {
    const [one, other] = [await db.connect({}, 1), await db.connect({}, 1)];
    await one.request().input('key', sql.NVarChar(128), 'Tenant_Id').input('value', sql.VarChar(40), 'a').execute('sp_set_session_context');
    const ask = "SELECT CAST(SESSION_CONTEXT(N'tenant_id') AS VARCHAR(40)) AS t";
    expect((await one.request().query(ask)).recordset).toEqual([{ t: 'a' }]);
    expect((await other.request().query(ask)).recordset).toEqual([{ t: null }]);
  });

  it('keeps a key that was set read-only, until the connection is reset', async () => {
    const pool = await db.connect({}, 1);
    await pool.request().batch("EXEC sp_set_session_context N'tenant_id', N'a', @read_only = 1");
    await expect(pool.request().batch("EXEC sp_set_session_context N'tenant_id', N'b'")).rejects.toMatchObject({ number: 15_664, class: 16, state: 1 });
    expect((await pool.request().query("SELECT CAST(SESSION_CONTEXT(N'tenant_id') AS VARCHAR(40)) AS t")).recordset).toEqual([{ t: 'a' }]);
  });

  it.each([
    ["DECLARE @t VARCHAR(40) = SESSION_CONTEXT(N'tenant_id')", 257],
    ["SELECT 1 AS one WHERE SESSION_CONTEXT(N'tenant_id') = 'a'", 40_514],
    ["EXEC sp_set_session_context N'', N'x'", 15_600],
    ["DECLARE @v NVARCHAR(MAX) = REPLICATE(CAST(N'x' AS NVARCHAR(MAX)), 5000); EXEC sp_set_session_context N'k', @v", 206],
  ])('is a sql_variant and no plain text: %s', async (text, number) => {
    expect(await db.failure(text)).toBe(number);
  });
});

describe('a filter predicate', () => {
  it('shows a tenant its own rows and nobody any row when nothing is set', async () => {
    expect(await as('a', 'SELECT id FROM sale ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await as('b', 'SELECT id FROM sale')).toEqual([{ id: 1 }]);
    expect(await as('A', 'SELECT id FROM sale')).toEqual([]);
    expect(await db.query('SELECT id FROM sale')).toEqual([]);
    expect(await sales()).toHaveLength(3);
  });

  it.each([
    ['a join', "SELECT l.n FROM sale AS s JOIN line AS l ON l.id = s.id WHERE s.id = 1", [{ n: 1 }]],
    ['an outer join', "SELECT c.id, l.n FROM (VALUES (1), (2)) AS c (id) LEFT JOIN line AS l ON l.id = c.id ORDER BY c.id", [{ id: 1, n: 1 }, { id: 2, n: null }]],
    ['a subquery', "SELECT (SELECT MAX(n) FROM line) AS n, (SELECT COUNT(*) FROM sale WHERE tenant_id = 'b') AS others", [{ n: 1, others: 0 }]],
    ['a CTE', 'WITH c AS (SELECT n FROM line) SELECT SUM(n) AS n FROM c', [{ n: 1 }]],
    ['a union', 'SELECT n FROM line UNION ALL SELECT id FROM sale WHERE id = 2', [{ n: 1 }, { n: 2 }]],
    ['a list', "SELECT s.id FROM sale AS s JOIN OPENJSON('[1,2,3]') WITH (id INT '$') AS j ON j.id = s.id ORDER BY s.id", [{ id: 1 }, { id: 2 }]],
  ])('stands before the table in %s', async (_where, text, rows) => {
    expect(await as('a', text)).toEqual(rows);
  });

  it.each([
    ["UPDATE sale SET note = N'z' OUTPUT inserted.id WHERE id = 1", [{ id: 1 }]],
    ["UPDATE sale SET note = N'z' OUTPUT deleted.note WHERE id = 1", [{ note: 'x' }]],
    ["UPDATE s SET note = N'z' OUTPUT inserted.id FROM sale AS s WHERE s.id = 1", [{ id: 1 }]],
    ['DELETE FROM sale OUTPUT deleted.id WHERE id = 1', [{ id: 1 }]],
    ['DELETE s OUTPUT deleted.id FROM sale AS s JOIN line AS l ON l.id = s.id', [{ id: 1 }]],
  ])('hides rows from who would change them: %s', async (text, rows) => {
    expect(await as('a', text)).toEqual(rows);
    expect(await as('b', 'SELECT note FROM sale')).toEqual([{ note: 'y' }]);
  });
});

describe('a block predicate', () => {
  it('refuses rows of another tenant with 33504 and undoes the whole statement', async () => {
    expect(await failureAs('a', "INSERT INTO sale VALUES ('a', 9, NULL), ('b', 9, NULL)")).toBe(33_504);
    expect(await failureAs('a', "UPDATE sale SET tenant_id = 'b' WHERE id = 2")).toBe(33_504);
    expect(await failureAs('a', "UPDATE sale SET tenant_id = 'b' OUTPUT deleted.id WHERE id = 2")).toBe(33_504);
    expect(await db.failure("INSERT INTO sale VALUES ('a', 9, NULL)")).toBe(33_504);
    expect(await failureAs('a', "INSERT INTO sale VALUES ('a', 9, NULL)")).toBe('no error');
    expect(await sales()).toEqual([{ t: 'a', id: 1 }, { t: 'a', id: 2 }, { t: 'a', id: 9 }, { t: 'b', id: 1 }]);
  });

  it('looks at every changed row when no filter has looked at it before', async () => {
    await db.batch(`CREATE TABLE note (tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL, text NVARCHAR(20) NOT NULL); INSERT INTO note VALUES ('b', N'x')`);
    await db.batch('CREATE SECURITY POLICY dbo.note_policy ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.note AFTER UPDATE');

    const changes = [await failureAs('a', "UPDATE note SET text = N'y'"), await failureAs('b', "UPDATE note SET text = N'z'"), await failureAs('b', "UPDATE note SET tenant_id = 'a'")];

    await db.batch('DROP SECURITY POLICY dbo.note_policy; DROP TABLE note');
    expect(changes).toEqual([33_504, 'no error', 33_504]);
  });

  it('does not speak where there is none', async () => {
    expect(await failureAs('a', "INSERT INTO line VALUES ('b', 7, 7)")).toBe('no error');
  });

  it('may be asked before a row is changed or deleted, or at all four moments', async () => {
    await db.batch('CREATE TABLE own (tenant_id VARCHAR(40) NOT NULL, id INT NOT NULL)');
    await db.batch("INSERT INTO own VALUES ('a', 1), ('b', 2)");
    await db.batch('CREATE SECURITY POLICY own_policy ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON own');
    expect(await failureAs('a', 'DELETE FROM own WHERE id = 2')).toBe(33_504);
    expect(await failureAs('a', "UPDATE own SET tenant_id = 'a' WHERE id = 2")).toBe(33_504);
    expect(await failureAs('a', "UPDATE own SET tenant_id = 'a' WHERE id = 1")).toBe('no error');
    await db.batch('ALTER SECURITY POLICY own_policy DROP BLOCK PREDICATE ON own BEFORE DELETE');
    expect(await failureAs('a', 'DELETE FROM own WHERE id = 2')).toBe('no error');
    await db.batch('DROP SECURITY POLICY own_policy; DROP TABLE own');
  });
});

describe('a security policy', () => {
  it('is switched off and on, and is there after a restart', async () => {
    await db.batch('ALTER SECURITY POLICY dbo.tenant_policy WITH (STATE = OFF)');
    expect(await db.query('SELECT id FROM sale')).toHaveLength(3);
    expect(await db.failure("INSERT INTO sale VALUES ('c', 1, NULL)")).toBe('no error');
    await db.batch('ALTER SECURITY POLICY dbo.tenant_policy WITH (STATE = ON)');
    expect(await db.query('SELECT id FROM sale')).toEqual([]);
    expect(await db.query('SELECT name, is_enabled FROM sys.security_policies')).toEqual([{ name: 'tenant_policy', is_enabled: true }]);
  });

  it('is undone with the transaction that made it', async () => {
    await db.batch('BEGIN TRAN; DROP SECURITY POLICY tenant_policy; ROLLBACK');
    expect(await db.query('SELECT id FROM sale')).toEqual([]);
    expect(await failureAs('a', "INSERT INTO sale VALUES ('b', 9, NULL)")).toBe(33_504);
  });

  it('tells which tables stand without one', async () => {
    expect(await db.query(`SELECT t.name FROM sys.tables AS t WHERE NOT EXISTS (
      SELECT 1 FROM sys.security_predicates AS p JOIN sys.security_policies AS s ON s.object_id = p.object_id WHERE p.target_object_id = t.object_id AND s.is_enabled = 1)`)).toEqual([{ name: 'currency' }]);
  });

  it.each([
    ['DROP TABLE sale', 3729], ['DROP FUNCTION dbo.tenant_wall', 3729], ['DROP FUNCTION nothing', 3701], ['DROP SECURITY POLICY nothing', 3701], ['DROP SECURITY POLICY IF EXISTS nothing', 'no error'],
    [policy, 2714], ['CREATE SECURITY POLICY another ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON sale', 33_264],
    ['ALTER SECURITY POLICY tenant_policy ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON sale', 33_262], ['ALTER SECURITY POLICY nothing WITH (STATE = OFF)', 33_268],
    ['CREATE SECURITY POLICY p ADD FILTER PREDICATE dbo.tenant_wall(nothing) ON currency', 207], ['CREATE SECURITY POLICY p ADD FILTER PREDICATE dbo.nothing(code) ON currency', 208],
    ['CREATE SECURITY POLICY p ADD FILTER PREDICATE dbo.tenant_wall() ON currency', 102], ['CREATE SECURITY POLICY p ADD FILTER PREDICATE dbo.tenant_wall(code, code) ON currency', 8144],
    ['SELECT 1 AS one; CREATE FUNCTION f() RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS x WHERE 1 = 1', 111],
    ['CREATE FUNCTION f() RETURNS INT AS BEGIN RETURN 1 END', 40_514], ['CREATE FUNCTION f() RETURNS TABLE AS RETURN SELECT 1 AS x WHERE 1 = 1', 40_514],
    ['CREATE FUNCTION f() RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT code FROM dbo.currency WHERE 1 = 1', 40_514],
    ['CREATE SECURITY POLICY p ADD FILTER PREDICATE dbo.tenant_wall(code) ON currency AFTER INSERT', 102],
  ])('refuses what it cannot be: %s', async (text, number) => {
    const pool = await db.connect({}, 1);
    expect(await pool.request().batch(text).then(() => 'no error', numberOf)).toBe(number);
  });
});
