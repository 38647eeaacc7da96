import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemVariables } from './engine/emit/system-variable.ts';
import { functionTable } from './engine/function/index.ts';
import { procedureParameters } from './engine/run/procedure.ts';
import { fixed, withoutEffect } from './engine/run/set-option.ts';
import { binary, startTestServer } from './testing/test-server.ts';
import { honoured, refusedHints } from './tsql/parse/hints.ts';
import { refusedTypes, typeTable } from './tsql/parse/type.ts';

/** SUBSET.md held against the parser: what it names runs, what it leaves out is refused, and the parser knows nothing more. */
const page = readFileSync(new URL('../SUBSET.md', import.meta.url), 'utf8');
const section = (title: string): string => {
  const [, text] = new RegExp(`\\*\\*${title}\\*\\*([\\s\\S]*?)(?=\\n\\n|$)`).exec(page) ?? [];
  if (text === undefined) throw new Error(`The page has no section "${title}".`);
  return text;
};
/** What a cell or a list names: separated by commas or semicolons, but for those inside parentheses and code. */
const items = (text: string): string[] => {
  const found = [''];
  let depth = 0;
  let isCode = false;
  for (const c of text) {
    if (c === '`') isCode = !isCode;
    else if (c === '(') depth += 1;
    else if (c === ')') depth -= 1;
    if ((c === ',' || c === ';') && depth === 0 && !isCode) found.push('');
    else found[found.length - 1] += c;
  }
  return found.map((item) => item.replaceAll('\n', ' ').trim().replace(/\.$/, '')).filter((item) => item !== '');
};
const rows = new Map([...page.matchAll(/^\| (?!statement|-)([^|]+?) \| (.*) \|$/gm)].map(([, name = '', forms = '']) => [name, items(forms.replaceAll('\\|', '|'))]));
const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted();
const source = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const casesOf = (path: string, pattern: RegExp) => sorted([...source(path).matchAll(pattern)].map(([, name = '']) => name));

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => { db = await startTestServer(); });
afterAll(() => db.close());
/** Every example starts from the same two tables, and leaves nothing behind. */
const attempt = async (text: string): Promise<number | string> => {
  const pool = await db.connect({}, 1);
  try {
    await pool.request().batch(`BEGIN TRAN; CREATE TABLE t (id INT NOT NULL CONSTRAINT pk_t PRIMARY KEY, n INT NULL, name NVARCHAR(20) NULL, code VARCHAR(20) ${binary} NULL, at DATETIME2(3) NULL);
      CREATE TABLE u (id INT NOT NULL PRIMARY KEY, n INT NULL CONSTRAINT ck_u CHECK (n > 0), extra INT NULL); CREATE INDEX ix_u ON u (n); INSERT INTO t (id, n) VALUES (1, 1), (2, NULL); INSERT INTO u (id, n) VALUES (1, 5)`);
    return await pool.request().batch(text).then(() => 'runs', (error: { number?: number; message: string }) => error.number ?? error.message);
  } finally {
    await pool.request().batch('IF @@TRANCOUNT > 0 ROLLBACK');
    await pool.close();
  }
};

const forms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SELECT: {
    '`DISTINCT`': 'SELECT DISTINCT n FROM t',
    '`TOP (n)`': 'SELECT TOP (1) id FROM t',
    '`OFFSET … FETCH`': 'SELECT id FROM t ORDER BY id OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY',
    '`UNION [ALL]` / `EXCEPT` / `INTERSECT`': 'SELECT 1 AS a UNION SELECT 2 UNION ALL SELECT 3 EXCEPT SELECT 4 INTERSECT SELECT 5',
    '`GROUP BY` / `HAVING`': 'SELECT n, COUNT(*) AS c FROM t GROUP BY n HAVING COUNT(*) > 0',
    CTEs: 'WITH a AS (SELECT id FROM t), b (x) AS (SELECT id FROM a) SELECT x FROM b',
    'derived tables': 'SELECT d.x FROM (SELECT id AS x FROM t) AS d',
    '`(VALUES …) AS t (c)`': 'SELECT v.c FROM (VALUES (1), (2)) AS v (c)',
    'INNER / LEFT / RIGHT / FULL / CROSS JOIN': 'SELECT 1 AS a FROM t INNER JOIN u ON u.id = t.id; SELECT 1 AS a FROM t LEFT JOIN u ON u.id = t.id RIGHT JOIN t AS x ON x.id = u.id FULL JOIN t AS y ON y.id = x.id; SELECT 1 AS a FROM t CROSS JOIN u',
    'CROSS / OUTER APPLY of OPENJSON': "SELECT j.value FROM t CROSS APPLY OPENJSON(N'[1]') AS j; SELECT j.value FROM t OUTER APPLY OPENJSON(t.name) AS j",
    '`SELECT @v = …`': 'DECLARE @v INT; SELECT @v = id FROM t',
  },
  INSERT: {
    '`VALUES` (many rows, `DEFAULT`)': 'INSERT INTO t (id, n) VALUES (3, DEFAULT), (4, 4)',
    '`SELECT`': 'INSERT INTO t (id) SELECT id + 10 FROM t',
    '`DEFAULT VALUES`': 'CREATE TABLE d (id INT NOT NULL IDENTITY(1, 1) PRIMARY KEY); INSERT INTO d DEFAULT VALUES',
    '`OUTPUT inserted.…`': 'INSERT INTO t (id) OUTPUT inserted.id VALUES (3)',
  },
  UPDATE: {
    '`FROM` with joins': 'UPDATE t SET n = u.n FROM t JOIN u ON u.id = t.id',
    '`TOP (n)`': 'UPDATE TOP (1) t SET n = 1',
    '`OUTPUT inserted.… / deleted.…`': 'UPDATE t SET n = 2 OUTPUT inserted.n AS a, deleted.n AS b',
    '`+=`': 'UPDATE t SET n += 1',
    'through a CTE of `SELECT TOP … FROM one table ORDER BY`': 'WITH c AS (SELECT TOP (1) id, n FROM t ORDER BY id) UPDATE c SET n = 5',
  },
  DELETE: {
    '`FROM` with joins': 'DELETE t FROM t JOIN u ON u.id = t.id',
    '`TOP (n)`': 'DELETE TOP (1) FROM t',
    '`OUTPUT deleted.…`': 'DELETE FROM t OUTPUT deleted.id',
  },
  control: {
    '`DECLARE`': 'DECLARE @a INT = 1, @b NVARCHAR(5)',
    '`SET @v`': 'DECLARE @a INT; SET @a = 1',
    '`IF / ELSE`': 'IF 1 = 1 SELECT 1 AS a ELSE SELECT 2 AS a',
    '`WHILE`': 'DECLARE @i INT = 0; WHILE @i < 2 SET @i += 1',
    '`BREAK`': 'WHILE 1 = 1 BREAK',
    '`CONTINUE`': 'DECLARE @i INT = 0; WHILE @i < 2 BEGIN SET @i += 1; CONTINUE; END',
    '`BEGIN … END`': 'BEGIN SELECT 1 AS a; END',
    '`RETURN`': 'RETURN',
    '`BEGIN TRY / CATCH`': 'BEGIN TRY SELECT 1 / 0 AS a; END TRY BEGIN CATCH SELECT 1 AS a; END CATCH',
    '`THROW`': "BEGIN TRY THROW 50001, 'x', 1; END TRY BEGIN CATCH SELECT 1 AS a; END CATCH",
    '`PRINT`': "PRINT 'x'",
  },
  transactions: {
    '`BEGIN / COMMIT / ROLLBACK / SAVE TRAN`': 'BEGIN TRAN; SAVE TRAN s; ROLLBACK TRAN s; COMMIT; ROLLBACK',
    '`SET XACT_ABORT, NOCOUNT, LOCK_TIMEOUT, TRANSACTION ISOLATION LEVEL` (not SNAPSHOT, not READ UNCOMMITTED)': 'SET XACT_ABORT, NOCOUNT ON; SET LOCK_TIMEOUT 5; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  },
  definitions: {
    '`CREATE TABLE` (PRIMARY KEY, UNIQUE, CHECK, DEFAULT, FOREIGN KEY, IDENTITY, ROWVERSION, COLLATE, inline INDEX)': `CREATE TABLE x (id INT NOT NULL IDENTITY(1, 1) PRIMARY KEY, a INT NULL UNIQUE, b INT NULL CHECK (b > 0), c INT NOT NULL DEFAULT 1, d INT NULL REFERENCES u (id), v ROWVERSION, w VARCHAR(5) ${binary} NULL, INDEX ix_x (b))`,
    '`CREATE [UNIQUE] INDEX … INCLUDE … WHERE`': 'CREATE UNIQUE INDEX ix_a ON t (code) INCLUDE (n) WHERE code IS NOT NULL; CREATE INDEX ix_b ON t (n)',
    '`ALTER TABLE ADD` column / PRIMARY KEY / UNIQUE / CHECK / DEFAULT': 'CREATE TABLE k (id INT NOT NULL, n INT NULL); ALTER TABLE k ADD CONSTRAINT pk_k PRIMARY KEY (id); ALTER TABLE t ADD more INT NULL; ALTER TABLE t ADD CONSTRAINT uq_t UNIQUE (n); ALTER TABLE t ADD CONSTRAINT ck_t CHECK (n > 0); ALTER TABLE t ADD CONSTRAINT df_t DEFAULT 3 FOR n',
    '`ALTER TABLE DROP` column / constraint': 'ALTER TABLE u DROP COLUMN extra; ALTER TABLE u DROP CONSTRAINT ck_u',
    '`DROP TABLE / INDEX [IF EXISTS]`': 'DROP INDEX ix_u ON u; DROP INDEX IF EXISTS nothing ON u; DROP TABLE u; DROP TABLE IF EXISTS nothing',
    '`CREATE SCHEMA`': 'CREATE SCHEMA other',
  },
  users: {
    '`CREATE USER … WITH SID = 0x…, TYPE = E` (read and forgotten: here every login may do everything)': "IF DATABASE_PRINCIPAL_ID(N'id-cart') IS NULL CREATE USER [id-cart] WITH SID = 0xC98B91356D19EA409779889D79B753F0, TYPE = E",
    '`GRANT SELECT | INSERT | UPDATE | DELETE | EXECUTE ON SCHEMA::dbo TO …`': 'GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO [id-cart]',
  },
  EXEC: {
    '`[@rc =] sp_getapplock` (Exclusive)': "DECLARE @rc INT; EXEC @rc = sp_getapplock @Resource = 'x', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; EXEC sp_getapplock @Resource = 'x', @LockMode = 'Exclusive', @LockOwner = 'Session'",
    '`sp_releaseapplock`': "EXEC sp_getapplock @Resource = 'y', @LockMode = 'Exclusive', @LockOwner = 'Session'; EXEC sp_releaseapplock @Resource = 'y', @LockOwner = 'Session'",
    '`sp_set_session_context`': "EXEC sp_set_session_context @key = N'k', @value = N'v'",
  },
};

const functions: Readonly<Record<string, string>> = {
  COUNT: 'COUNT(*)', COUNT_BIG: 'COUNT_BIG(n)', SUM: 'SUM(n)', AVG: 'AVG(n)', MIN: 'MIN(n)', MAX: 'MAX(name)', STRING_AGG: "STRING_AGG(name, ',') WITHIN GROUP (ORDER BY name)",
  ROW_NUMBER: 'ROW_NUMBER() OVER (PARTITION BY n ORDER BY id)', RANK: 'RANK() OVER (ORDER BY id)', DENSE_RANK: 'DENSE_RANK() OVER (ORDER BY id)', LAG: 'LAG(n) OVER (ORDER BY id)', LEAD: 'LEAD(n, 1, 0) OVER (ORDER BY id)',
  COALESCE: 'COALESCE(n, 1)', ISNULL: 'ISNULL(n, 1)', NULLIF: 'NULLIF(n, 1)', IIF: 'IIF(n = 1, 2, 3)', CAST: 'CAST(n AS BIGINT)', CONVERT: 'CONVERT(VARCHAR(30), at, 126)', TRY_CAST: 'TRY_CAST(name AS INT)', TRY_CONVERT: 'TRY_CONVERT(INT, name)',
  SYSUTCDATETIME: 'SYSUTCDATETIME()', GETUTCDATE: 'GETUTCDATE()', SYSDATETIME: 'SYSDATETIME()', SYSDATETIMEOFFSET: 'SYSDATETIMEOFFSET()', GETDATE: 'GETDATE()', CURRENT_TIMESTAMP: 'CURRENT_TIMESTAMP',
  DATEADD: 'DATEADD(day, 1, at)', DATEDIFF: 'DATEDIFF(day, at, at)', DATEDIFF_BIG: 'DATEDIFF_BIG(day, at, at)', DATEPART: 'DATEPART(year, at)', YEAR: 'YEAR(at)', MONTH: 'MONTH(at)', DAY: 'DAY(at)',
  LEN: 'LEN(name)', DATALENGTH: 'DATALENGTH(name)', LEFT: 'LEFT(name, 1)', RIGHT: 'RIGHT(name, 1)', SUBSTRING: 'SUBSTRING(name, 1, 1)', CHARINDEX: "CHARINDEX('a', name, 1)", REPLACE: "REPLACE(name, 'a', 'b')", UPPER: 'UPPER(name)', LOWER: 'LOWER(name)',
  TRIM: 'TRIM(name)', LTRIM: 'LTRIM(name)', RTRIM: 'RTRIM(name)', REPLICATE: "REPLICATE('a', 2)", CONCAT: "CONCAT('a', n)", ABS: 'ABS(n)', SIGN: 'SIGN(n)', FLOOR: 'FLOOR(1.5)', CEILING: 'CEILING(1.5)', NEWID: 'NEWID()', NEWSEQUENTIALID: 'NEWSEQUENTIALID()',
  ERROR_NUMBER: 'ERROR_NUMBER()', ERROR_MESSAGE: 'ERROR_MESSAGE()', ERROR_SEVERITY: 'ERROR_SEVERITY()', ERROR_STATE: 'ERROR_STATE()', ERROR_LINE: 'ERROR_LINE()', ERROR_PROCEDURE: 'ERROR_PROCEDURE()', XACT_STATE: 'XACT_STATE()', SCOPE_IDENTITY: 'SCOPE_IDENTITY()',
  DATABASE_PRINCIPAL_ID: "DATABASE_PRINCIPAL_ID(N'id-cart')", ROWCOUNT_BIG: 'ROWCOUNT_BIG()', DB_NAME: 'DB_NAME()', SESSION_CONTEXT: "CAST(SESSION_CONTEXT(N'k') AS NVARCHAR(10))", OBJECT_ID: "OBJECT_ID('t')", COL_LENGTH: "COL_LENGTH('t', 'n')", SCHEMA_ID: "SCHEMA_ID('dbo')", SCHEMA_NAME: 'SCHEMA_NAME()', SUSER_SNAME: 'SUSER_SNAME()',
  JSON_VALUE: "JSON_VALUE(name, '$.a')", JSON_QUERY: "JSON_QUERY(name, '$.a')", ISJSON: 'ISJSON(name)',
};

const out: Readonly<Record<string, string>> = {
  MERGE: 'MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE;',
  cursors: 'DECLARE c CURSOR FOR SELECT 1 AS a',
  '#temp and table variables': 'CREATE TABLE #x (id INT)',
  'table-valued parameters': 'DECLARE @t TABLE (id INT)',
  'bulk load': "BULK INSERT t FROM 'x'",
  procedures: 'CREATE PROCEDURE p AS SELECT 1 AS a',
  'other functions': 'CREATE FUNCTION f () RETURNS INT AS BEGIN RETURN 1 END',
  triggers: 'CREATE TRIGGER r ON t AFTER INSERT AS SELECT 1 AS a',
  views: 'CREATE VIEW v AS SELECT 1 AS a',
  'dynamic SQL': "EXEC ('SELECT 1')",
  'SELECT INTO': 'SELECT id INTO copy FROM t',
  'OUTPUT INTO': 'DELETE FROM t OUTPUT deleted.id INTO u',
  PIVOT: 'SELECT * FROM t PIVOT (SUM(n) FOR id IN ([1])) AS p',
  'FOR JSON / XML': 'SELECT id FROM t FOR JSON PATH',
  'computed columns': 'CREATE TABLE x (a INT NULL, b AS a + 1)',
  'ON UPDATE': 'CREATE TABLE x (id INT NOT NULL PRIMARY KEY, d INT NULL REFERENCES u (id) ON UPDATE CASCADE)',
  'window frames': 'SELECT SUM(n) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS s FROM t',
  'SNAPSHOT isolation': 'SET TRANSACTION ISOLATION LEVEL SNAPSHOT',
  RAISERROR: "RAISERROR ('x', 16, 1)",
  WAITFOR: "WAITFOR DELAY '00:00:01'",
  TRUNCATE: 'TRUNCATE TABLE t',
  MONEY: 'SELECT CAST(1 AS MONEY) AS m',
  TIME: "SELECT CAST('01:00' AS TIME) AS m",
  XML: "SELECT CAST('<a/>' AS XML) AS m",
};

describe('what the page names', () => {
  // Row-level security has a spec of its own, security.int.spec.ts.
  it('has an example here, form by form', () => {
    expect(Object.fromEntries(Object.entries(forms).map(([row, examples]) => [row, Object.keys(examples)]))).toEqual(Object.fromEntries([...rows].filter(([row]) => row !== 'row-level security')));
    expect(Object.keys(out)).toEqual(items(section('Deliberately out\\.')));
  });

  it.each(Object.entries(forms).flatMap(([row, examples]) => Object.entries(examples).map(([form, text]) => [row, form, text] as const)))('runs: %s %s', async (_row, _form, text) => {
    expect(await attempt(text)).toBe('runs');
  });

  it.each(Object.entries(functions))('runs: %s', async (_name, call) => {
    expect(await attempt(`SELECT ${call} AS x FROM t`)).toBe('runs');
  });

  it.each(Object.keys(typeTable).filter((name) => name !== 'timestamp' && name !== 'rowversion'))('runs: %s', async (name) => {
    expect(await attempt(`CREATE TABLE x (id INT NOT NULL PRIMARY KEY, v ${name} NULL); DECLARE @v ${name}; INSERT INTO x (id, v) VALUES (1, @v); SELECT v FROM x`)).toBe('runs');
  });

  it.each(Object.keys(systemVariables))('runs: %s', async (name) => {
    expect(await attempt(`SELECT ${name} AS x`)).toBe('runs');
  });

  it.each(Object.entries(fixed))('runs: SET %s %s, and no other value', async (option, value) => {
    expect(await attempt(`SET ${option} ${value}`)).toBe('runs');
    expect(await attempt(`SET ${option} ${value === 'ON' ? 'OFF' : 'ON'}`)).toBe(40_514);
  });

  it.each([...honoured])('runs: WITH (%s)', async (hint) => {
    expect(await attempt(`SELECT id FROM t WITH (${hint === 'READPAST' ? 'UPDLOCK, READPAST' : hint})`)).toBe('runs');
  });

  it.each(casesOf('./engine/emit/system-view.ts', /case '((?:sys|information_schema)\.\w+)'/g))('runs: %s', async (view) => {
    expect(await attempt(`SELECT * FROM ${view}`)).toBe('runs');
  });

  it.each(Object.entries(out))('is refused: %s', async (_what, text) => {
    const error = await db.batch(text).then(() => undefined, (reason: unknown) => reason);

    expect(error).toMatchObject({ number: 40_514, message: expect.stringMatching(/outside the T-SQL subset of the local stand-in: see infra\/local\/sql\/SUBSET\.md\.$/) as string });
  });

  it.each([...refusedHints])('is refused: WITH (%s)', async (hint) => {
    expect(await attempt(`SELECT id FROM t WITH (${hint})`)).toBe(40_514);
  });

  it.each([...refusedTypes].filter((name) => name !== 'table'))('is refused: %s', async (name) => {
    expect(await attempt(`CREATE TABLE x (id INT NOT NULL PRIMARY KEY, v ${name} NULL)`)).toBe(40_514);
  });
});

describe('what the parser knows', () => {
  const words = (text: string) => [...text.replaceAll(/\[_(\w+)\]/g, (_, rest: string) => `, DATEDIFF_${rest}`).matchAll(/@@\w+|[A-Z][A-Z_0-9]+/g)].map(([word]) => word);

  it('has the functions of the page, no more and no fewer', () => {
    const errors = section('Functions\\.').replace(/ERROR_NUMBER( \/ [A-Z]+)+/, (list) => list.split(' / ').map((part) => (part.startsWith('ERROR') ? part : `ERROR_${part}`)).join(', '));
    const grammar = new Set(['WITHIN', 'GROUP', 'OVER', 'PARTITION', 'BY', 'ORDER', 'OPENJSON', 'WITH', 'AS', 'JSON']);
    const named = words(`${errors} ${section('JSON\\.')}`).filter((word) => !grammar.has(word) && !word.startsWith('@@'));

    expect(sorted([...Object.keys(functionTable), 'CAST', 'CONVERT', 'TRY_CAST', 'TRY_CONVERT'])).toEqual(sorted(named));
    expect(sorted(Object.keys(functions))).toEqual(sorted(named));
  });

  it('has the variables of the page', () => {
    expect(sorted(words(section('Functions\\.')).filter((word) => word.startsWith('@@')))).toEqual(sorted(Object.keys(systemVariables).map((name) => name.toUpperCase())));
  });

  it('has the types of the page', () => {
    const named = words(section('Types\\.').replaceAll(/\[N\](\w+)/g, '$1, N$1')).filter((word) => word !== 'MAX');

    expect(sorted(Object.keys(typeTable).map((name) => name.toUpperCase()))).toEqual(sorted(named));
  });

  it('has the hints of the page', () => {
    const named = words(section('Hints\\.')).filter((word) => !['OPTION', 'RECOMPILE', 'MAXDOP', 'OPTIMIZE', 'FOR', 'UNKNOWN'].includes(word));

    expect(sorted(honoured)).toEqual(sorted(named));
  });

  it('has the SET options of the page', () => {
    const [without = '', fixedValues = ''] = section('Options\\.').split('Taken with one value:');

    expect(words(without)).toEqual([...withoutEffect]);
    expect(items(fixedValues)).toEqual(Object.entries(fixed).map(([option, value]) => `${option} ${value}`));
  });

  it('has the procedures of the page', () => {
    expect(sorted(Object.keys(procedureParameters))).toEqual(sorted([...(rows.get('EXEC') ?? []).join().matchAll(/sp_\w+/g)].map(([name]) => name)));
  });

  it('has the catalog views of the page', () => {
    expect(casesOf('./engine/emit/system-view.ts', /case '((?:sys|information_schema)\.\w+)'/g)).toEqual(sorted([...section('Catalog views').matchAll(/(?:sys|INFORMATION_SCHEMA)\.\w+/g)].map(([name]) => name.toLowerCase())));
  });

  it('has the statements of the page', () => {
    const first = casesOf('./tsql/parse/statement.ts', /case '([A-Z]+)'/g);
    const table = [...rows].flat(2).join(' ');

    // WITH begins a CTE, EXECUTE is EXEC in full, COMMIT and the like stand in one list.
    expect(first.filter((word) => !['WITH', 'EXECUTE'].includes(word) && !new RegExp(`\\b${word}\\b`).test(table))).toEqual([]);
  });

  it('raises the errors of the page', () => {
    const named = new Set([...section('Errors\\.').replace(/and THROW's own[\s\S]*/, '').matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, from, to = from]) => Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i)));
    const texts = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n').replaceAll(/(\d)_(\d)/g, '$1$2');
    const raised = [...texts.matchAll(/TsqlError\(\s*(\d+)/g)].map(([, number]) => Number(number)).filter((number) => number !== 50_000 && number !== 40_514);

    expect(sorted(raised.map(String)).filter((number) => !named.has(Number(number)))).toEqual([]);
    expect([...named].filter((number) => !new RegExp(`\\b${number}\\b`).test(texts))).toEqual([]);
  });
});
