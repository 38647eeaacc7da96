import { connect } from 'node:net';
import { TsqlError } from './engine/error.ts';
import { startTestServer } from './testing/test-server.ts';
import { parseBatch } from './tsql/parse/batch.ts';
import { parseParameters } from './tsql/parse/parameters.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_122);

/** The same seed, the same run. */
function dice(from: number) {
  let state = from >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T };
}

const statements = [
  "SELECT TOP (3) a.id, COUNT(*) OVER (PARTITION BY a.code ORDER BY a.id DESC) AS n FROM t AS a LEFT JOIN t AS b ON a.id = b.id + 1 WHERE a.code LIKE N'x%' ESCAPE '!' AND a.id NOT IN (1, 2) ORDER BY a.id OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY",
  "WITH c (id, n) AS (SELECT id, n FROM t UNION ALL SELECT 1, NULL) SELECT MAX(n), CASE WHEN id > 1 THEN 'a' ELSE code END FROM c GROUP BY id HAVING SUM(n) > 0",
  "SET XACT_ABORT, NOCOUNT ON; BEGIN TRAN; INSERT INTO t (id, code, n) OUTPUT inserted.id SELECT j.id, j.code, 1 FROM OPENJSON('[{\"id\":9}]') WITH (id INT '$.id', code VARCHAR(20) '$.c') AS j; IF @@ROWCOUNT <> 1 THROW 51000, 'x', 1; ROLLBACK",
  "UPDATE t SET n += 1, code = CONCAT(code, '-', n) OUTPUT deleted.n, inserted.n FROM t WITH (UPDLOCK, READPAST) WHERE id BETWEEN 1 AND 5",
  "DELETE TOP (1) FROM t OUTPUT deleted.* WHERE EXISTS (SELECT 1 FROM t AS u WHERE u.id = t.id)",
  "BEGIN TRY DECLARE @a INT = CAST('7' AS INT), @b NVARCHAR(MAX); WHILE @a > 5 SET @a -= 1; SELECT @a / 0; END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n, XACT_STATE(); IF @@TRANCOUNT > 0 ROLLBACK; END CATCH",
  "CREATE TABLE x (id INT IDENTITY(1, 1) NOT NULL CONSTRAINT pk PRIMARY KEY, c DECIMAL(9, 2) NOT NULL DEFAULT 1.5, v ROWVERSION, CHECK (c > 0)); CREATE UNIQUE INDEX i ON x (c) WHERE c IS NOT NULL; DROP TABLE IF EXISTS x",
  "SELECT DATEADD(day, 1, SYSUTCDATETIME()), DATEDIFF(hour, '2026-01-01', GETUTCDATE()), CONVERT(VARCHAR(30), SYSDATETIME(), 126), 0xFF, -1.5e3, N'\u{1F9FE}', ISNULL(NULL, 2) % 2 AS [a b]",
];
const words = ['SELECT', 'FROM', 'WHERE', '(', ')', ',', ';', '*', '=', '<>', "'", '"', '[', ']', '--', '/*', '*/', '@a', '@@TRANCOUNT', 'NULL', 'CASE', 'WHEN', 'END', 'BEGIN', 'JOIN', 'ON', 'AS', 'TOP', 'OVER', 'IN', '0x', '1e', '.5', '9999999999999999999999', "N'", 'COLLATE', 'x', '\u0000', '\u{1F9FE}', '\ud800', '\u3000', '%', '+', '-', '::', '$', '{', '\\'];

/** One statement with pieces cut, doubled, swapped, replaced and put in. */
function broken({ below, pick }: ReturnType<typeof dice>): string {
  let text = pick(statements);
  for (let times = 1 + below(4); times > 0; times -= 1) {
    const at = below(text.length + 1);
    const to = Math.min(text.length, at + below(12));
    switch (below(5)) {
      case 0: text = text.slice(0, at) + text.slice(to); break;
      case 1: text = `${text.slice(0, at)} ${pick(words)} ${text.slice(at)}`; break;
      case 2: text = text.slice(0, at) + pick(words) + text.slice(to); break;
      case 3: text = text.slice(0, to) + text.slice(at); break;
      default: text = text.slice(0, at) + pick(statements).slice(below(40)) + text.slice(at);
    }
  }
  return text;
}

/** An error of T-SQL, or none: anything else is a fault of ours. */
function survives(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof TsqlError ? undefined : error;
  }
}

/** What the stand-in could not put into the server's words. */
const isDefect = (error: unknown) => error instanceof Error && error.message.includes('a defect of') && error.message;

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
  await db.batch("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, n INT NULL); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', NULL)");
});
afterAll(() => db.close());

describe(`broken SQL (FUZZ_SEED=${seed})`, () => {
  it('is parsed or refused', () => {
    const random = dice(seed);
    for (let i = 0; i < 5000; i += 1) {
      const text = broken(random);
      expect([text, survives(() => parseBatch(text))]).toEqual([text, undefined]);
    }
    for (let i = 0; i < 5000; i += 1) {
      const text = Array.from({ length: 1 + random.below(30) }, () => random.pick(words)).join(random.pick(['', ' ']));
      expect([text, survives(() => parseBatch(text))]).toEqual([text, undefined]);
      expect([text, survives(() => parseParameters(text))]).toEqual([text, undefined]);
    }
  });

  it('is answered on a connection that stays', async () => {
    const random = dice(seed + 1);
    const pool = await db.connect({ requestTimeout: 2000 }, 1);
    const spid = async () => (await pool.request().batch('IF @@TRANCOUNT > 0 ROLLBACK; SELECT @@SPID AS spid')).recordset[0]?.['spid'] as number;
    const own = await spid();
    for (let i = 0; i < 1500; i += 1) {
      const text = broken(random);
      // A loop without end is right to run until its time is up.
      if (/WHILE/i.test(text)) continue;
      const error: unknown = await pool.request().batch(text).catch((reason: unknown) => reason);
      const code = error instanceof Error && 'number' in error && error.number === undefined && 'code' in error ? error.code : undefined;
      expect([text, code]).toEqual([text, undefined]);
      expect([text, isDefect(error)]).toEqual([text, false]);
    }
    expect(await spid()).toBe(own);
  });

  it.each<[string, (n: number) => string]>([
    ['parentheses', (n) => `SELECT ${'('.repeat(n)}1${')'.repeat(n)} AS a`],
    ['a sum', (n) => `SELECT ${Array.from({ length: n }, () => '1').join(' + ')} AS a`],
    ['conditions', (n) => `SELECT 1 AS a WHERE ${Array.from({ length: n }, () => '1 = 1').join(' AND ')}`],
    ['NOTs', (n) => `SELECT 1 AS a WHERE ${'NOT '.repeat(n)}1 = 1`],
    ['subqueries', (n) => `SELECT ${'(SELECT '.repeat(n)}1${' AS x)'.repeat(n)} AS a`],
    ['blocks', (n) => `${'BEGIN '.repeat(n)}SELECT 1 AS a ${'END '.repeat(n)}`],
    ['IFs', (n) => `${'IF 1 = 1 '.repeat(n)}SELECT 1 AS a`],
    ['a list of IN', (n) => `SELECT 1 AS a WHERE 1 IN (${Array.from({ length: n }, (_, i) => i).join(', ')})`],
    ['comments', (n) => `${'/*'.repeat(n)}${'*/'.repeat(n)} SELECT 1 AS a`],
    ['UNIONs', (n) => `SELECT 1 AS a ${'UNION ALL SELECT 1 '.repeat(n)}`],
  ])('may be as deep as it likes: %s', async (_name, text) => {
    for (const depth of [10, 300, 20_000]) {
      const result: unknown = await db.batch(text(depth)).then(() => undefined, (error: unknown) => error);
      expect([depth, isDefect(result)]).toEqual([depth, false]);
      const outcome = result === undefined ? 'answered' : (result as { number?: number }).number;
      expect([depth, outcome]).toEqual([depth, depth === 10 ? 'answered' : expect.anything()]);
    }
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe(`broken packets (FUZZ_SEED=${seed})`, () => {
  /** What a driver sends, byte for byte, told by its own traffic to a server. */
  const packet = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 1, (body.length + 8) >> 8, (body.length + 8) & 0xff, 0, 0, 1, 0]), body]);
  const headers = Buffer.from('16000000120000000200000000000000000001000000', 'hex');
  const text = (value: string) => Buffer.from(value, 'utf16le');
  const parameter = (value: string) => Buffer.concat([Buffer.from([0, 0, 0xe7, 0x40, 0x1f, 9, 4, 0xd0, 0, 0x34, value.length * 2, 0]), text(value)]);
  const login = () => {
    const texts = ['host', 'sa', 'Local-only-1', 'app', 'server', '', 'lib', '', 'shop'];
    const body = Buffer.alloc(94);
    body.writeUInt32LE(4096, 8);
    const parts: Buffer[] = [body];
    let at = 94;
    for (const [i, value] of texts.entries()) {
      body.writeUInt16LE(at, 36 + i * 4);
      body.writeUInt16LE(value.length, 38 + i * 4);
      const bytes = text(value);
      parts.push(i === 2 ? Buffer.from(bytes.map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5)) : bytes);
      at += bytes.length;
    }
    return packet(0x10, Buffer.concat(parts));
  };
  const conversation = [
    packet(0x12, Buffer.from([1, 0, 6, 0, 1, 0xff, 2])),
    login(),
    packet(0x01, Buffer.concat([headers, text('SELECT 1 AS a; BEGIN TRAN; INSERT INTO t VALUES (77, N\'z\', 1)')])),
    packet(0x03, Buffer.concat([headers, Buffer.from([0xff, 0xff, 10, 0, 0, 0]), parameter('SELECT @a AS a'), parameter('@a int'), Buffer.from([2, 0x40, 0, 0x61, 0, 0, 0x26, 4, 4, 1, 0, 0, 0])])),
    packet(0x0e, Buffer.concat([headers, Buffer.from([7, 0, 0, 0])])),
    packet(0x06, Buffer.alloc(0)),
  ];

  it('end their own connection at most', async () => {
    const random = dice(seed + 2);
    const one = async () => {
      const socket = connect(db.server.port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      await new Promise((resolve) => socket.once('connect', resolve));
      const victim = random.below(conversation.length);
      for (const [i, message] of conversation.entries()) {
        const bytes = Buffer.from(message);
        if (i === victim) {
          for (let times = 1 + random.below(5); times > 0; times -= 1) bytes.writeUInt8(random.below(256), random.below(bytes.length));
        }
        socket.write(i === victim && random.below(3) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes);
        if (random.below(4) === 0) await new Promise(setImmediate);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
      socket.destroy();
    };
    for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 10 }, one));
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await db.query('DELETE FROM t WHERE id = 77');
  });
});
