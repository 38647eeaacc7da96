import { readFileSync } from 'node:fs';
import sql from 'mssql';
import { binary, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
  await db.batch(`CREATE TABLE t (id INT NOT NULL CONSTRAINT pk_t PRIMARY KEY, n INT NOT NULL, code VARCHAR(20) ${binary} NULL); INSERT INTO t (id, n) VALUES (1, 0), (2, 0)`);
});
afterAll(() => db.close());

/** What a second session gets while the first has changed row 1. */
async function meanwhile(text: string): Promise<unknown> {
  const [holder, other] = [await db.connect({}, 1), await db.connect({}, 1)];
  await holder.request().batch('BEGIN TRAN; UPDATE t SET n = 5 WHERE id = 1');
  try {
    return await other.request().batch(text).then(({ recordset }) => recordset as unknown, (error: { number: number }) => error.number);
  } finally {
    await other.request().batch('IF @@TRANCOUNT > 0 ROLLBACK');
    await holder.request().batch('ROLLBACK');
  }
}

const shown: Readonly<Record<string, () => Promise<void>>> = {
  'One writer at a time.': async () => {
    expect(await meanwhile('SET LOCK_TIMEOUT 20; UPDATE t SET n = 6 WHERE id = 2')).toBe(1222);
  },
  'Writers do not deadlock with writers.': async () => {
    const [one, two] = [await db.connect({}, 1), await db.connect({}, 1)];
    await one.request().batch('BEGIN TRAN; UPDATE t SET n = n + 1 WHERE id = 1');
    const crosswise = two.request().batch('BEGIN TRAN; UPDATE t SET n = n + 1 WHERE id = 2; UPDATE t SET n = n + 1 WHERE id = 1; ROLLBACK');
    await one.request().batch('UPDATE t SET n = n + 1 WHERE id = 2; ROLLBACK');
    await crosswise;
    expect(await db.query('SELECT SUM(n) AS n FROM t')).toEqual([{ n: 0 }]);
  },
  'Some waits are deadlocks too soon.': async () => {
    const [keeper, writer] = [await db.connect({}, 1), await db.connect({}, 1)];
    await keeper.request().batch('BEGIN TRAN; SELECT id FROM t WITH (UPDLOCK) WHERE id = 2');
    await writer.request().batch('BEGIN TRAN; UPDATE t SET n = 5 WHERE id = 1');
    const waiting = keeper.request().batch('UPDATE t SET n = 0 WHERE id = 2; ROLLBACK');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(writer.request().batch('UPDATE t SET n = 5 WHERE id = 2')).rejects.toMatchObject({ number: 1205 });
    await waiting;
  },
  'READPAST waits for writers.': async () => {
    expect(await meanwhile('SET LOCK_TIMEOUT 20; BEGIN TRAN; SELECT id FROM t WITH (UPDLOCK, READPAST)')).toBe(1222);
  },
  'What the session context keeps is text.': async () => {
    expect(await db.query("EXEC sp_set_session_context N'n', 5; SELECT SESSION_CONTEXT(N'n') AS n, CAST(SESSION_CONTEXT(N'n') AS INT) AS whole")).toEqual([{ n: '5', whole: 5 }]);
  },
  'Duplicate keys are told without their value.': async () => {
    const error: unknown = await db.query('INSERT INTO t (id, n) VALUES (1, 0)').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ number: 2627, class: 14, message: "Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.t'." });
  },
  'Overflows of a column are told without their value.': async () => {
    await db.batch('CREATE TABLE small (id INT NOT NULL PRIMARY KEY, tiny TINYINT NULL)');
    await expect(db.query('INSERT INTO small VALUES (1, 256)')).rejects.toMatchObject({ number: 220, message: 'Arithmetic overflow error for data type tinyint.' });
    await expect(db.query('SELECT CAST(@n AS TINYINT) AS n', { n: 256 })).rejects.toMatchObject({ number: 220, message: 'Arithmetic overflow error for data type tinyint, value = 256.' });
  },
  'Spaces too many are too long.': async () => {
    await db.batch('CREATE TABLE narrow (id INT NOT NULL PRIMARY KEY, name VARCHAR(3) NULL)');
    expect(await db.failure("INSERT INTO narrow VALUES (1, 'abc ')")).toBe(2628);
  },
  'CHAR and BINARY are filled up on the wire only.': async () => {
    await db.batch("CREATE TABLE filled (id INT NOT NULL PRIMARY KEY, code CHAR(4) NULL, bytes BINARY(2) NULL); INSERT INTO filled VALUES (1, 'ab', 0x01)");
    expect(await db.query("SELECT code, DATALENGTH(code) AS length, code + '.' AS joined, bytes, DATALENGTH(bytes) AS size FROM filled")).toEqual([{ code: 'ab  ', length: 2, joined: 'ab.', bytes: Buffer.from([1, 0]), size: 1 }]);
  },
  'A text parameter comes back as (MAX).': async () => {
    const { recordset } = await db.result('SELECT @v AS v', { v: [sql.NVarChar(3), 'abc'] });
    expect(recordset.columns['v']).toMatchObject({ length: 65_535 });
  },
  'Keys are checked row by row.': async () => {
    expect(await db.failure('UPDATE t SET id = 3 - id WHERE id IN (1, 2)')).toBe(2627);
  },
  'BIN2 tells trailing spaces apart.': async () => {
    expect(await db.query(`SELECT IIF('a' = 'a ' ${binary}, 1, 0) AS binary_, IIF('a' = 'a ', 1, 0) AS insensitive`)).toEqual([{ binary_: 0, insensitive: 1 }]);
  },
  'Times have six digits.': async () => {
    expect(await db.query("SELECT CONVERT(VARCHAR(30), CAST('2026-01-02T03:04:05.1234567' AS DATETIME2(7)), 126) AS t")).toEqual([{ t: '2026-01-02T03:04:05.1234570' }]);
  },
  'DATETIMEOFFSET keeps the moment, not the zone.': async () => {
    expect(await db.query("SELECT CONVERT(VARCHAR(40), CAST('2026-01-02T03:04:05+02:00' AS DATETIMEOFFSET(0)), 126) AS t")).toEqual([{ t: '2026-01-02T01:04:05+00:00' }]);
  },
  'VARCHAR keeps every character.': async () => {
    await db.query("UPDATE t SET code = N'\u4e16' WHERE id = 1");
    expect(await db.query("SELECT code, CAST(code AS NVARCHAR(20)) AS whole, CASE WHEN code = N'\u4e16' THEN 1 ELSE 0 END AS same FROM t WHERE id = 1")).toEqual([{ code: '?', whole: '\u4e16', same: 1 }]);
  },
  'Other collations than BIN2 are one.': async () => {
    expect(await db.query("SELECT IIF('\u00e9' = 'e' COLLATE Latin1_General_100_CI_AI, 1, 0) AS accent, IIF('A' = 'a' COLLATE Latin1_General_100_CS_AS, 1, 0) AS letter")).toEqual([{ accent: 0, letter: 1 }]);
  },
  'HOLDLOCK keeps the whole table.': async () => {
    const [holder, other] = [await db.connect({}, 1), await db.connect({}, 1)];
    await holder.request().batch('BEGIN TRAN; SELECT id FROM t WITH (UPDLOCK, HOLDLOCK) WHERE id = 1');
    await expect(other.request().batch('SET LOCK_TIMEOUT 20; UPDATE t SET n = 6 WHERE id = 2')).rejects.toMatchObject({ number: 1222 });
    await holder.request().batch('ROLLBACK');
  },
};

describe('DIFFERENCES.md', () => {
  it('has a test for every line', () => {
    const lines = readFileSync(new URL('../DIFFERENCES.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('- '));
    expect(lines.map((line) => /^- \*\*(.*?)\*\*/.exec(line)?.[1])).toEqual(Object.keys(shown));
  });

  it.each(Object.entries(shown))('is right: %s', async (_line, show) => {
    await expect(show()).resolves.toBeUndefined();
  });
});
