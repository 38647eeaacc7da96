import { binary, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
  await db.batch(`CREATE TABLE parent (id INT NOT NULL CONSTRAINT PK_parent PRIMARY KEY, code VARCHAR(10) ${binary} NOT NULL CONSTRAINT UQ_code UNIQUE, tiny TINYINT NULL, n INT NULL, name NVARCHAR(5) NULL, CONSTRAINT CK_n CHECK (n < 100));
    CREATE UNIQUE INDEX UX_name ON parent (name) WHERE name IS NOT NULL;
    CREATE TABLE child (id INT NOT NULL PRIMARY KEY, parent_id INT NOT NULL CONSTRAINT FK_parent REFERENCES parent (id))`);
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.query(`DELETE FROM child; DELETE FROM parent; INSERT INTO parent (id, code, name) VALUES (1, 'a', N'one')`);
});

const count = async () => (await db.query('SELECT COUNT(*) AS n FROM parent'))[0]?.['n'];

describe('error numbers', () => {
  it.each([
    [102, 'SELECT FROM WHERE'],
    [105, "SELECT 'open"],
    [137, 'SELECT @missing'],
    [195, 'SELECT SOUNDEX(code) FROM parent'],
    [207, 'SELECT nothing FROM parent'],
    [208, 'SELECT * FROM nowhere'],
    [209, 'SELECT id FROM parent AS a JOIN parent AS b ON a.id = b.id'],
    [4104, 'SELECT x.id FROM parent'],
    [4145, 'SELECT 1 AS a WHERE 1'],
    [109, 'INSERT INTO parent (id, code) VALUES (2)'],
    [110, 'INSERT INTO parent (id) VALUES (2, 3)'],
    [120, "INSERT INTO parent (id, code) SELECT 2"],
    [121, "INSERT INTO parent (id) SELECT 2, 'b'"],
    [220, "INSERT INTO parent (id, code, tiny) VALUES (2, 'b', 256)"],
    [241, "SELECT CAST('no date' AS DATETIME2(3))"],
    [245, "SELECT CAST('x' AS INT)"],
    [8114, "SELECT CAST('x' AS BIGINT)"],
    [8169, "SELECT CAST('x' AS UNIQUEIDENTIFIER)"],
    [468, `SELECT 1 AS a FROM parent AS p JOIN parent AS q ON p.code = q.name`],
    [468, `SELECT 1 AS a FROM parent AS p JOIN OPENJSON('[]') WITH (code VARCHAR(40) '$') AS j ON p.code = j.code`],
    [468, `DELETE FROM parent WHERE code IN (SELECT value FROM OPENJSON('["a"]'))`],
    [468, `SELECT 1 AS a FROM parent WHERE code COLLATE Latin1_General_100_BIN2 = name COLLATE Latin1_General_100_CI_AS`],
    [515, 'INSERT INTO parent (id) VALUES (2)'],
    [547, "INSERT INTO parent (id, code, n) VALUES (2, 'b', 100)"],
    [547, 'INSERT INTO child (id, parent_id) VALUES (1, 99)'],
    [547, 'INSERT INTO child (id, parent_id) VALUES (1, 1); DELETE FROM parent'],
    [2601, "INSERT INTO parent (id, code, name) VALUES (2, 'b', N'ONE')"],
    [2627, "INSERT INTO parent (id, code) VALUES (1, 'b')"],
    [2627, "INSERT INTO parent (id, code) VALUES (2, 'a')"],
    [2628, "INSERT INTO parent (id, code, name) VALUES (2, 'b', N'sixsix')"],
    [2714, 'CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)'],
    [3701, 'DROP TABLE nowhere'],
    [3726, 'DROP TABLE parent'],
    [3902, 'COMMIT'],
    [3903, 'ROLLBACK'],
    [8115, "INSERT INTO parent (id, code, n) VALUES (2, 'b', 2147483647 + CAST(2 AS BIGINT))"],
    [8134, 'SELECT 1 / (SELECT COUNT(*) FROM child)'],
    [2812, 'EXEC do_it'],
    [13_609, "SELECT * FROM OPENJSON('{')"],
    [50_001, "THROW 50001, 'mine', 1"],
  ])('%d: %s', async (number, text) => {
    expect(await db.failure(text)).toBe(number);
  });

  it('counts an emoji as two characters of NVARCHAR(5)', async () => {
    await db.query(`INSERT INTO parent (id, code, name) VALUES (2, 'b', @n)`, { n: '🧾🧾x' });
    expect(await db.failure(`INSERT INTO parent (id, code, name) VALUES (3, 'c', @n)`, { n: '🧾🧾xx' })).toBe(2628);
  });

  it('lets a unique key hold one NULL only', async () => {
    await db.batch('CREATE TABLE sparse (id INT NOT NULL PRIMARY KEY, code INT NULL UNIQUE)');
    await db.query('INSERT INTO sparse VALUES (1, NULL)');
    expect(await db.failure('INSERT INTO sparse VALUES (2, NULL)')).toBe(2627);
  });
});

describe('what an error does', () => {
  it('runs nothing of a batch that does not compile', async () => {
    expect(await db.failure("INSERT INTO parent (id, code) VALUES (2, 'b'); SELECT nothing FROM parent")).toBe(207);
    expect(await count()).toBe(1);
  });

  it('runs a batch up to a table that is not there', async () => {
    expect(await db.failure("INSERT INTO parent (id, code) VALUES (2, 'b'); SELECT * FROM nowhere")).toBe(208);
    expect(await count()).toBe(2);
  });

  it('goes on after a constraint error with XACT_ABORT OFF, and keeps the transaction', async () => {
    expect(await db.failure("SET XACT_ABORT OFF; BEGIN TRAN; INSERT INTO parent (id, code) VALUES (1, 'x'); INSERT INTO parent (id, code) VALUES (2, 'b'); COMMIT")).toBe(2627);
    expect(await count()).toBe(2);
  });

  it('rolls back and ends the batch after a constraint error with XACT_ABORT ON', async () => {
    expect(await db.failure("SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO parent (id, code) VALUES (2, 'b'); INSERT INTO parent (id, code) VALUES (1, 'x'); INSERT INTO parent (id, code) VALUES (3, 'c'); COMMIT")).toBe(2627);
    expect(await count()).toBe(1);
  });

  it('undoes all rows of the statement that fails, and only them', async () => {
    await db.failure("INSERT INTO parent (id, code) VALUES (2, 'b'), (3, 'c'), (1, 'x')");
    expect(await count()).toBe(1);
  });

  it('rolls back after a conversion error even with XACT_ABORT OFF', async () => {
    expect(await db.failure("SET XACT_ABORT OFF; BEGIN TRAN; INSERT INTO parent (id, code) VALUES (2, 'b'); SELECT CAST('x' AS INT); COMMIT")).toBe(245);
    expect(await count()).toBe(1);
  });

  it('dooms the transaction inside TRY with XACT_ABORT ON', async () => {
    expect(await db.query(`SET XACT_ABORT ON; BEGIN TRY BEGIN TRAN; INSERT INTO parent (id, code) VALUES (1, 'x'); COMMIT; END TRY
      BEGIN CATCH DECLARE @state INT = XACT_STATE(); ROLLBACK; SELECT @state AS state, @@TRANCOUNT AS depth; END CATCH`)).toEqual([{ state: -1, depth: 0 }]);
    expect(await db.failure(`SET XACT_ABORT ON; BEGIN TRY BEGIN TRAN; INSERT INTO parent (id, code) VALUES (1, 'x'); END TRY BEGIN CATCH INSERT INTO parent (id, code) VALUES (2, 'b'); END CATCH`)).toBe(3930);
  });

  it('keeps the transaction inside TRY with XACT_ABORT OFF', async () => {
    expect(await db.query(`SET XACT_ABORT OFF; BEGIN TRAN; BEGIN TRY INSERT INTO parent (id, code) VALUES (1, 'x'); END TRY BEGIN CATCH INSERT INTO parent (id, code) VALUES (2, 'b'); END CATCH; COMMIT; SELECT XACT_STATE() AS s`)).toEqual([{ s: 0 }]);
    expect(await count()).toBe(2);
  });

  it('reports an unbalanced BEGIN TRAN of a request with 266, and leaves the transaction open', async () => {
    const pool = await db.connect({}, 1);
    await expect(pool.request().query('BEGIN TRAN')).rejects.toMatchObject({ number: 266 });
    expect((await pool.request().query('SELECT @@TRANCOUNT AS depth')).recordset).toEqual([{ depth: 1 }]);
    await pool.request().batch('ROLLBACK');
  });
});

describe('what is outside the subset', () => {
  it.each([
    'MERGE INTO parent AS t USING child AS s ON t.id = s.id WHEN MATCHED THEN DELETE;',
    'DECLARE c CURSOR FOR SELECT 1',
    'CREATE TABLE #temp (id INT)',
    'SELECT * INTO copy FROM parent',
    'DECLARE @t TABLE (id INT)',
    'TRUNCATE TABLE parent',
    "EXEC ('SELECT 1')",
    'CREATE PROCEDURE p AS SELECT 1',
    'CREATE OR ALTER VIEW v AS SELECT 1',
    'SELECT id FROM parent FOR JSON PATH',
    "RAISERROR ('x', 16, 1)",
    "WAITFOR DELAY '00:00:01'",
    'SELECT TOP (5) PERCENT id FROM parent',
    'SELECT * FROM other.dbo.parent',
    'SELECT CAST(1 AS MONEY)',
    'SET TRANSACTION ISOLATION LEVEL SNAPSHOT',
    'SET IDENTITY_INSERT parent ON',
    "EXEC sp_getapplock @Resource = 'x', @LockMode = 'Shared', @LockOwner = 'Session'",
  ])('refuses %s', async (text) => {
    expect(await db.failure(text)).toBe(40_514);
  });
});
