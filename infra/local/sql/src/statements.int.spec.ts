import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'mssql';
import { startSqlServer } from './index.ts';
import { binary, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
  await db.batch(`
    CREATE TABLE inbox (tenant_id VARCHAR(40) ${binary} NOT NULL, message_id VARCHAR(100) ${binary} NOT NULL, handled_at DATETIME2(3) NOT NULL, CONSTRAINT PK_inbox PRIMARY KEY CLUSTERED (tenant_id, message_id));
    CREATE TABLE stock_level (tenant_id VARCHAR(40) ${binary} NOT NULL, store_id VARCHAR(40) ${binary} NOT NULL, sku VARCHAR(40) ${binary} NOT NULL, on_hand INT NOT NULL, reserved INT NOT NULL DEFAULT 0, version INT NOT NULL CONSTRAINT DF_v DEFAULT (0),
      CONSTRAINT PK_stock PRIMARY KEY (tenant_id, store_id, sku), CONSTRAINT CK_reserved CHECK (reserved <= on_hand));
    CREATE TABLE reservation (tenant_id VARCHAR(40) ${binary} NOT NULL, reservation_id VARCHAR(40) ${binary} NOT NULL, sku VARCHAR(40) ${binary} NOT NULL, quantity INT NOT NULL, PRIMARY KEY (tenant_id, reservation_id, sku));
    CREATE TABLE outbox (chunk_id UNIQUEIDENTIFIER NOT NULL PRIMARY KEY NONCLUSTERED, created_at DATETIME2(3) NOT NULL, message_count INT NOT NULL, messages NVARCHAR(MAX) NOT NULL)`);
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.query('DELETE FROM inbox; DELETE FROM stock_level; DELETE FROM reservation; DELETE FROM outbox');
  await db.query(`INSERT INTO stock_level (tenant_id, store_id, sku, on_hand) VALUES ('t1', 's1', 'apple', 10), ('t1', 's1', 'bread', 5), ('t1', 's2', 'apple', 7), ('t2', 's1', 'apple', 1)`);
});

const unitOfWork = `SET XACT_ABORT, NOCOUNT ON;
  IF @@TRANCOUNT <> 0 THROW 51000, 'dirty connection', 1;
  BEGIN TRAN;
  INSERT INTO inbox (tenant_id, message_id, handled_at)
    SELECT j.tenantId, j.messageId, SYSUTCDATETIME() FROM OPENJSON(@inbox) WITH (tenantId VARCHAR(40) '$.t', messageId VARCHAR(100) '$.m') AS j;
  UPDATE s SET s.reserved = s.reserved + j.quantity, s.version = s.version + 1
    FROM stock_level AS s
    JOIN OPENJSON(@levels) WITH (tenantId VARCHAR(40) '$.t', storeId VARCHAR(40) '$.s', sku VARCHAR(40) '$.k', quantity INT '$.q', version INT '$.v') AS j
      ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND s.sku = j.sku COLLATE Latin1_General_100_BIN2 AND s.version = j.version;
  IF @@ROWCOUNT <> @levelCount THROW 51001, 'conflict', 1;
  INSERT INTO reservation (tenant_id, reservation_id, sku, quantity)
    SELECT j.t, j.i, j.k, j.q FROM OPENJSON(@reservations) WITH (t VARCHAR(40), i VARCHAR(40), k VARCHAR(40), q INT) AS j
    WHERE NOT EXISTS (SELECT 1 FROM reservation AS r WHERE r.tenant_id = j.t COLLATE Latin1_General_100_BIN2 AND r.reservation_id = j.i COLLATE Latin1_General_100_BIN2 AND r.sku = j.k COLLATE Latin1_General_100_BIN2);
  INSERT INTO outbox (chunk_id, created_at, message_count, messages) VALUES (@chunkId, SYSUTCDATETIME(), @count, @messages);
  DELETE o FROM outbox AS o JOIN OPENJSON(@sent) WITH (chunkId UNIQUEIDENTIFIER '$') AS j ON o.chunk_id = j.chunkId;
  COMMIT;`;
const chunk = '0b6d7d9e-0000-4000-8000-00000000abcd';
const work = (version: number, message = 'm1', sent: readonly string[] = []) => ({
  inbox: JSON.stringify([{ t: 't1', m: message }]),
  levels: JSON.stringify([{ t: 't1', s: 's1', k: 'apple', q: 2, v: version }, { t: 't1', s: 's1', k: 'bread', q: 1, v: version }]),
  levelCount: 2,
  reservations: JSON.stringify([{ t: 't1', i: 'r1', k: 'apple', q: 2 }]),
  chunkId: [sql.UniqueIdentifier, chunk],
  count: 1,
  messages: '[{"type":"StockReserved"}]',
  sent: JSON.stringify(sent),
});

describe('the unit of work', () => {
  it('commits everything in one round trip', async () => {
    await db.query(unitOfWork, work(0));
    expect(await db.query('SELECT sku, reserved, version FROM stock_level WHERE tenant_id = @t AND store_id = @s ORDER BY sku', { t: 't1', s: 's1' })).toEqual([{ sku: 'apple', reserved: 2, version: 1 }, { sku: 'bread', reserved: 1, version: 1 }]);
    expect(await db.query('SELECT (SELECT COUNT(*) FROM inbox) AS inbox, (SELECT COUNT(*) FROM reservation) AS reservations, (SELECT COUNT(*) FROM outbox) AS chunks')).toEqual([{ inbox: 1, reservations: 1, chunks: 1 }]);
  });

  it('leaves nothing behind when a version has moved', async () => {
    expect(await db.failure(unitOfWork, work(9))).toBe(51_001);
    expect(await db.query('SELECT (SELECT COUNT(*) FROM inbox) AS inbox, (SELECT SUM(reserved) FROM stock_level) AS reserved, @@TRANCOUNT AS depth')).toEqual([{ inbox: 0, reserved: 0, depth: 0 }]);
  });

  it('refuses the same message twice', async () => {
    await db.query(unitOfWork, work(0));
    expect(await db.failure(unitOfWork, work(1))).toBe(2627);
  });

  it('removes the chunks that were sent, whatever the case of their ids', async () => {
    await db.query(unitOfWork, work(0));
    await db.query(unitOfWork, { ...work(1, 'm2', [chunk]), chunkId: [sql.UniqueIdentifier, '00000000-0000-4000-8000-000000000001'] });
    expect(await db.query('SELECT chunk_id FROM outbox')).toEqual([{ chunk_id: '00000000-0000-4000-8000-000000000001' }]);
  });
});

describe('reading', () => {
  const rows = (text: string, parameters = {}) => db.query(text, parameters);

  it('returns several recordsets of one batch', async () => {
    const keys = JSON.stringify([{ t: 't1', s: 's1', k: 'bread' }, { t: 't1', s: 's2', k: 'apple' }]);
    const { recordsets } = await db.result(`SELECT s.sku, s.on_hand AS onHand FROM OPENJSON(@keys) WITH (t VARCHAR(40), s VARCHAR(40), k VARCHAR(40)) AS j JOIN stock_level AS s ON s.tenant_id = j.t COLLATE Latin1_General_100_BIN2 AND s.store_id = j.s COLLATE Latin1_General_100_BIN2 AND s.sku = j.k COLLATE Latin1_General_100_BIN2;
      SELECT COUNT(*) AS n FROM stock_level`, { keys });
    expect(recordsets).toEqual([[{ sku: 'bread', onHand: 5 }, { sku: 'apple', onHand: 7 }], [{ n: 4 }]]);
  });

  it('pages with TOP and with OFFSET', async () => {
    expect(await rows('SELECT TOP (@n) sku FROM stock_level WHERE tenant_id = \'t1\' ORDER BY on_hand DESC', { n: 2 })).toEqual([{ sku: 'apple' }, { sku: 'apple' }]);
    expect(await rows('SELECT on_hand FROM stock_level ORDER BY on_hand OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY')).toEqual([{ on_hand: 5 }, { on_hand: 7 }]);
  });

  it('groups', async () => {
    expect(await rows('SELECT sku, COUNT(*) AS stores, SUM(on_hand) AS total, MAX(on_hand) AS most, MIN(on_hand) AS least FROM stock_level GROUP BY sku HAVING COUNT(*) > 1 ORDER BY sku'))
      .toEqual([{ sku: 'apple', stores: 3, total: 18, most: 10, least: 1 }]);
  });

  it('keeps unmatched rows of a LEFT JOIN', async () => {
    expect(await rows(`SELECT s.sku, r.quantity FROM stock_level AS s LEFT JOIN reservation AS r ON r.tenant_id = s.tenant_id AND r.sku = s.sku WHERE s.tenant_id = 't2'`)).toEqual([{ sku: 'apple', quantity: null }]);
  });

  it('decides with CASE, COALESCE, ISNULL, IIF and NULLIF', async () => {
    expect(await rows(`SELECT CASE WHEN @n > 3 THEN 'many' ELSE 'few' END AS c, COALESCE(NULL, @n, 1) AS co, ISNULL(NULL, 'x') AS i, IIF(@n = 5, 1, 0) AS f, NULLIF(@n, 5) AS z`, { n: 5 })).toEqual([{ c: 'many', co: 5, i: 'x', f: 1, z: null }]);
  });

  it('lets COLLATE decide over the collation of a column, and a column over a literal', async () => {
    expect(await rows(`SELECT COUNT(*) AS n FROM stock_level WHERE sku COLLATE Latin1_General_100_CI_AS = UPPER(sku)`)).toEqual([(await rows('SELECT COUNT(*) AS n FROM stock_level'))[0]]);
    expect(await rows(`SELECT 1 AS one FROM OPENJSON('["a"]') AS j WHERE j.value = 'A'`)).toEqual([{ one: 1 }]);
    expect(await rows(`SELECT 1 AS one FROM OPENJSON('["a"]') AS j WHERE j.value = 'A' COLLATE Latin1_General_100_BIN2`)).toEqual([]);
  });

  it('tests membership with IN, EXISTS and NOT EXISTS', async () => {
    expect(await rows(`SELECT sku FROM stock_level AS s WHERE sku IN (SELECT value COLLATE Latin1_General_100_BIN2 FROM OPENJSON(@skus)) AND store_id NOT IN ('s2') AND EXISTS (SELECT 1 FROM stock_level AS o WHERE o.sku = s.sku AND o.store_id = 's2') AND tenant_id = 't1'`, { skus: '["apple","pear"]' })).toEqual([{ sku: 'apple' }]);
  });

  it('matches LIKE with an escaped wildcard', async () => {
    expect(await rows(`SELECT v FROM (VALUES ('10%'), ('100')) AS t (v) WHERE v LIKE '10!%' ESCAPE '!'`)).toEqual([{ v: '10%' }]);
    expect(await rows(`SELECT v FROM (VALUES ('a1'), ('b1')) AS t (v) WHERE v LIKE '[a]_'`)).toEqual([{ v: 'a1' }]);
    const marks = String.raw`a-b/c\d.e*f(g){h}|i^j$k?l+m"n`;
    expect(await rows('SELECT 1 AS found WHERE @v LIKE @v', { v: marks })).toEqual([{ found: 1 }]);
    expect(await rows(`SELECT v FROM (VALUES ('x-1'), ('x1')) AS t (v) WHERE v LIKE 'x[-]%' OR v LIKE '[^w-y]%'`)).toEqual([{ v: 'x-1' }]);
  });

  it('reads through common table expressions, derived tables and windows', async () => {
    expect(await rows(`WITH ranked AS (SELECT store_id, sku, ROW_NUMBER() OVER (PARTITION BY sku ORDER BY on_hand DESC) AS place FROM stock_level WHERE tenant_id = 't1')
      SELECT store_id, sku FROM ranked WHERE place = 1 ORDER BY sku`)).toEqual([{ store_id: 's1', sku: 'apple' }, { store_id: 's1', sku: 'bread' }]);
    expect(await rows(`SELECT d.sku FROM (SELECT DISTINCT sku FROM stock_level) AS d UNION ALL SELECT 'pear' ORDER BY sku DESC`)).toEqual([{ sku: 'pear' }, { sku: 'bread' }, { sku: 'apple' }]);
  });

  it('computes with dates', async () => {
    const at = new Date('2026-01-31T10:00:00.000Z');
    expect(await rows('SELECT DATEADD(MONTH, 1, @at) AS m, DATEADD(SECOND, -90, @at) AS s, DATEDIFF(DAY, @at, DATEADD(HOUR, 20, @at)) AS d, DATEDIFF(MILLISECOND, @at, DATEADD(SECOND, 2, @at)) AS ms', { at: [sql.DateTime2(3), at] }))
      .toEqual([{ m: new Date('2026-02-28T10:00:00.000Z'), s: new Date('2026-01-31T09:58:30.000Z'), d: 1, ms: 2000 }]);
  });

  it('opens JSON with and without a schema, nested and AS JSON', async () => {
    expect(await rows('SELECT [key], value, type FROM OPENJSON(@j)', { j: '{"a":1,"b":"x","c":[1],"d":null,"e":true}' })).toEqual([
      { key: 'a', value: '1', type: 2 }, { key: 'b', value: 'x', type: 1 }, { key: 'c', value: '[1]', type: 4 }, { key: 'd', value: null, type: 0 }, { key: 'e', value: 'true', type: 3 }]);
    expect(await rows(`SELECT * FROM OPENJSON(@j, '$.items') WITH (id BIGINT '$.id', at DATETIME2(3) '$.meta.at', flag BIT '$.flag', tags NVARCHAR(MAX) '$.tags' AS JSON)`,
      { j: '{"items":[{"id":9007199254740993,"meta":{"at":"2026-01-02T03:04:05.678Z"},"flag":true,"tags":["x"]},{"id":"7"}]}' })).toEqual([
      { id: '9007199254740993', at: new Date('2026-01-02T03:04:05.678Z'), flag: true, tags: '["x"]' }, { id: '7', at: null, flag: null, tags: null }]);
    expect(await rows(`SELECT o.name, j.value FROM (VALUES ('x', '[1,2]')) AS o (name, list) CROSS APPLY OPENJSON(o.list) AS j`)).toEqual([{ name: 'x', value: '1' }, { name: 'x', value: '2' }]);
    expect(await rows(`SELECT JSON_VALUE(@j, '$.a.b') AS v, JSON_QUERY(@j, '$.a') AS q, ISJSON(@j) AS ok`, { j: '{"a":{"b":5}}' })).toEqual([{ v: '5', q: '{"b":5}', ok: 1 }]);
  });

  it('compares text without case and trailing spaces, unless the column is binary', async () => {
    await db.batch(`CREATE TABLE words (w NVARCHAR(20) NOT NULL CONSTRAINT PK_words PRIMARY KEY, k VARCHAR(20) ${binary} NOT NULL)`);
    await db.query(`INSERT INTO words (w, k) VALUES (N'Straße', 'Key')`);
    expect(await rows(`SELECT COUNT(*) AS n FROM words WHERE w = N'STRAßE  '`)).toEqual([{ n: 1 }]);
    expect(await rows(`SELECT COUNT(*) AS n FROM words WHERE k = 'key'`)).toEqual([{ n: 0 }]);
    expect(await db.failure(`INSERT INTO words (w, k) VALUES (N'straßE', 'x')`)).toBe(2627);
  });

  it('converts', async () => {
    expect(await rows(`SELECT CAST('12' AS INT) AS i, CONVERT(VARCHAR(10), @d, 23) AS d, TRY_CAST('x' AS INT) AS t, CAST(2.5 AS INT) AS r, CONVERT(VARCHAR(8), 0xC0FF, 2) AS h, 7 / 2 AS q, CAST(1 AS BIT) AS b`, { d: [sql.DateTime2(3), new Date('2026-01-02T03:04:05Z')] }))
      .toEqual([{ i: 12, d: '2026-01-02', t: null, r: 2, h: 'C0FF', q: 3, b: true }]);
  });
});

describe('writing', () => {
  it('tells how many rows an UPDATE changed', async () => {
    expect(await db.query(`UPDATE stock_level SET reserved = 1 WHERE sku = 'apple'; SELECT @@ROWCOUNT AS n`)).toEqual([{ n: 3 }]);
  });

  it('returns inserted values, with identity and defaults', async () => {
    await db.batch('CREATE TABLE numbered (id INT IDENTITY(1, 1) NOT NULL PRIMARY KEY, name NVARCHAR(10) NOT NULL, at DATETIME2(3) NOT NULL DEFAULT SYSUTCDATETIME(), n INT NOT NULL DEFAULT 7)');
    expect(await db.query(`INSERT INTO numbered (name) OUTPUT inserted.id, inserted.n, inserted.name VALUES (N'a'), (N'b')`)).toEqual([{ id: 1, n: 7, name: 'a' }, { id: 2, n: 7, name: 'b' }]);
    expect(await db.query(`INSERT INTO numbered (name) VALUES (N'c'); SELECT SCOPE_IDENTITY() AS id`)).toEqual([{ id: 3 }]);
    expect(await db.failure(`INSERT INTO numbered (id, name) VALUES (9, N'x')`)).toBe(544);
  });

  it('returns old and new values of an UPDATE TOP', async () => {
    expect(await db.query(`UPDATE TOP (1) stock_level SET reserved = reserved + 1 OUTPUT deleted.reserved AS was, inserted.reserved AS now WHERE tenant_id = 't2'`)).toEqual([{ was: 0, now: 1 }]);
  });

  it('claims the head of a queue through a common table expression', async () => {
    await db.query(`WITH next AS (SELECT TOP (1) * FROM stock_level WITH (UPDLOCK, READPAST, ROWLOCK) WHERE tenant_id = 't1' ORDER BY on_hand DESC) UPDATE next SET version = 99`);
    expect(await db.query('SELECT sku, store_id FROM stock_level WHERE version = 99')).toEqual([{ sku: 'apple', store_id: 's1' }]);
  });

  it('returns deleted values', async () => {
    expect(await db.query(`DELETE TOP (1) FROM stock_level OUTPUT deleted.sku WHERE tenant_id = 't2'`)).toEqual([{ sku: 'apple' }]);
    expect((await db.result(`DELETE FROM stock_level WHERE sku IN (SELECT j.k COLLATE Latin1_General_100_BIN2 FROM OPENJSON('["bread"]') WITH (k VARCHAR(40) '$') AS j)`)).rowsAffected).toEqual([1]);
  });
});

describe('control of flow', () => {
  it('declares, sets, loops and branches', async () => {
    expect(await db.query(`DECLARE @i INT = 0, @sum INT = 0; WHILE @i < 10 BEGIN SET @i += 1; IF @i = 3 CONTINUE; IF @i > 5 BREAK; SET @sum = @sum + @i; END; SELECT @sum AS s`)).toEqual([{ s: 12 }]);
    expect(await db.query(`DECLARE @n INT, @sku VARCHAR(40); SELECT @n = on_hand, @sku = sku FROM stock_level WHERE tenant_id = 't2'; IF @n = 1 BEGIN SELECT @sku AS sku END ELSE SELECT 'none' AS sku`)).toEqual([{ sku: 'apple' }]);
  });

  it('catches an error and throws it again', async () => {
    expect(await db.query(`BEGIN TRY INSERT INTO inbox VALUES ('t', 'm', SYSUTCDATETIME()), ('t', 'm', SYSUTCDATETIME()); END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n, ERROR_SEVERITY() AS s; END CATCH`)).toEqual([{ n: 2627, s: 14 }]);
    expect(await db.failure(`BEGIN TRY THROW 50123, 'mine', 4; END TRY BEGIN CATCH THROW; END CATCH`)).toBe(50_123);
  });
});

describe('definitions', () => {
  it('creates only what is missing', async () => {
    const migrate = `IF OBJECT_ID('dbo.late') IS NULL CREATE TABLE dbo.late (id INT NOT NULL PRIMARY KEY);
      IF COL_LENGTH('late', 'extra') IS NULL ALTER TABLE late ADD extra NVARCHAR(20) NOT NULL CONSTRAINT DF_extra DEFAULT N'none';
      IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = 'IX_extra') CREATE UNIQUE NONCLUSTERED INDEX IX_extra ON late (extra DESC) INCLUDE (id) WHERE extra <> N'none'`;
    await db.batch(migrate);
    await db.batch(migrate);
    await db.query('INSERT INTO late (id) VALUES (1), (2)');
    expect(await db.query('SELECT * FROM late ORDER BY id')).toEqual([{ id: 1, extra: 'none' }, { id: 2, extra: 'none' }]);
    expect(await db.query(`SELECT c.name FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id WHERE t.name = 'late' ORDER BY c.column_id`)).toEqual([{ name: 'id' }, { name: 'extra' }]);
    await db.batch('DROP INDEX IF EXISTS IX_extra ON late; DROP TABLE IF EXISTS late; DROP TABLE IF EXISTS late');
    expect(await db.failure('SELECT * FROM late')).toBe(208);
  });

  it('keeps schemas apart', async () => {
    await db.batch('CREATE SCHEMA depot');
    await db.batch('CREATE TABLE depot.inbox (id INT NOT NULL PRIMARY KEY)');
    expect(await db.query('SELECT COUNT(*) AS n FROM depot.inbox')).toEqual([{ n: 0 }]);
  });

  it('undoes a definition with its transaction', async () => {
    await db.batch('BEGIN TRAN; CREATE TABLE gone (id INT NOT NULL PRIMARY KEY); INSERT INTO gone VALUES (1); ROLLBACK');
    expect(await db.failure('SELECT * FROM gone')).toBe(208);
  });
});

describe('altering a table', () => {
  it('adds and drops constraints, and checks the rows there are', async () => {
    await db.batch('CREATE TABLE altered (id INT NOT NULL PRIMARY KEY, n INT NULL, code INT NULL)');
    await db.query('INSERT INTO altered (id, n) VALUES (1, 5)');
    await db.batch('ALTER TABLE altered ADD CONSTRAINT CK_altered CHECK (n > 3), CONSTRAINT UQ_altered UNIQUE (n)');
    expect(await db.failure('INSERT INTO altered (id, n) VALUES (2, 1)')).toBe(547);
    expect(await db.failure('INSERT INTO altered (id, n) VALUES (2, 5)')).toBe(2627);
    expect(await db.failure('ALTER TABLE altered ADD CONSTRAINT CK_more CHECK (n > 100)')).toBe(547);
    await db.batch('ALTER TABLE altered DROP CONSTRAINT CK_altered, UQ_altered; ALTER TABLE altered DROP COLUMN code');
    await db.query('INSERT INTO altered (id, n) VALUES (2, 1), (3, 5)');
    expect(await db.query('SELECT COUNT(*) AS n FROM altered')).toEqual([{ n: 3 }]);
    expect(await db.failure('CREATE UNIQUE INDEX UX_altered ON altered (n)')).toBe(1505);
  });

  it('keeps its tables over a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local-sql-restart-'));
    for (const round of [1, 2]) {
      await using server = await startSqlServer({ directory, databases: ['kept'] });
      const pool = await new sql.ConnectionPool(server.connectionString('kept')).connect();
      if (round === 1) await pool.request().batch(`CREATE TABLE kept (id INT IDENTITY NOT NULL PRIMARY KEY, note NVARCHAR(MAX) NOT NULL DEFAULT N'x', at DATETIME2(3) NOT NULL DEFAULT SYSUTCDATETIME(), version ROWVERSION)`);
      await pool.request().query('INSERT INTO kept DEFAULT VALUES');
      expect((await pool.request().query('SELECT id, note FROM kept ORDER BY id')).recordset).toEqual(Array.from({ length: round }, (_, i) => ({ id: i + 1, note: 'x' })));
      await pool.close();
    }
    rmSync(directory, { recursive: true });
  });
});
