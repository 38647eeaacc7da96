/** What anybody may hand to a statement, through the real driver into the stand-in: it arrives as it was, or it is refused and nothing is left of it. */
import { globSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { z } from 'zod';
import { bigintColumn } from './columns.ts';
import { Database } from './database.ts';
import { startScriptedServer, type Reply } from './testing/scripted-server.ts';
import { join, sql } from './sql.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';
import { bigint, datetime2, int, json, nvarchar, text, varchar } from './types.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await startTestDatabase([], 'cart');
  database = Database.open({ connectionString: server.connectionString, name: 'cart' });
  await database.commit(sql`
    CREATE TABLE note (
      id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
      body NVARCHAR(40) NULL,
      CONSTRAINT pk_note PRIMARY KEY (id)
    );`);
});
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => database.commit(sql`DELETE FROM note;`));
afterEach(() => server.faults([]));

const write = (id: string, body: string | null = null) => sql`INSERT INTO note (id, body) VALUES (${varchar(40, id)}, ${nvarchar(40, body)});`;
const Note = z.object({ id: z.string(), body: z.string().nullable() });
const notes = () => database.query(Note, sql`SELECT id, body FROM note ORDER BY id;`);

describe('text is never a part of a statement:', () => {
  it.each([
    ["X151 '; DROP TABLE note; --"], ['X151 --'], ['X151 /* */'], ['X151 [note]'], ["X151 N'note'"], ["X151 ''"], ['X151 "; GO'], ['X151 @p0'], ['X151 $(note)'],
    ['X152 50%'], ['X152 a_b'], ['X152 [a-z]'],
    ['X174 <b>O&apos;Neil</b>'], ['X174 ]]><!-- x -->'], ['X174 \u2003wide\u00a0and\u200bnone\u2028'], ['X174 \u202Ebackwards'],
  ])('%s', async (value) => {
    const Row = z.object({ n: z.string(), t: z.string(), j: z.string(), at: z.int() });
    const [row] = await database.query(Row, sql`
      SELECT ${nvarchar(60, value)} AS n, ${text(value)} AS t, JSON_VALUE(${json({ value })}, '$.value') AS j, CHARINDEX(${nvarchar(60, value)}, N'before ' + ${text(value)}) AS at;`);
    expect(row).toEqual({ n: value, t: value, j: value, at: 'before '.length + 1 });
    await database.commit(write('kept', value));
    expect(await notes()).toEqual([{ id: 'kept', body: value }]);
  });

  it('X152 so nothing is searched with LIKE, whose signs would have to be taken out of it first', () => {
    expect(statementsWith(/\b(?:LIKE|PATINDEX)\b/)).toEqual([]);
  });
});

describe('a value comes back as it was:', () => {
  it.each([2n ** 63n - 1n, -(2n ** 63n), -1n, 0n, 9_007_199_254_740_993n])('X160 %s in a BIGINT', async (value) => {
    expect(await database.query(z.object({ value: bigintColumn }), sql`SELECT ${bigint(value)} AS value;`)).toEqual([{ value }]);
  });

  it.each([
    ['X162 as long as its column, in UTF-16 units', '😀'.repeat(20)],
    ['X164 U+0000', 'a\u0000b'],
    ['X164 U+FFFF', 'a\uffffb'],
    ['X165 nothing', ''],
    ['X165 spaces', '   '],
    ['X165 NULL', null],
    ['X166 a letter and its accent', 'a\u0301'],
    ['X166 a letter with its accent', '\u00e1'],
  ])('%s', async (_what, value) => {
    await database.commit(write('kept', value));
    expect(await notes()).toEqual([{ id: 'kept', body: value }]);
  });

  it.each([
    '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z', '2016-12-31T23:59:59.999Z',
    '2025-03-30T01:30:00.001Z', '2025-10-26T00:30:00.000Z', '2025-10-26T01:30:00.000Z',
  ])('X168 %s, whatever clocks do there', async (at) => {
    expect(await database.query(z.object({ at: z.date() }), sql`SELECT ${datetime2(new Date(at))} AS at;`)).toEqual([{ at: new Date(at) }]);
  });
});

describe('a key', () => {
  it('X166 is another in another case, and is taken once', async () => {
    await database.commit(join([write('a'), write('A')]));
    expect((await notes()).map(({ id }) => id)).toEqual(['A', 'a']);
    await expect(database.commit(write('a'))).rejects.toMatchObject({ name: 'Conflict', on: 'pk_note' });
  });

  it.each(['a\u0301', '\u00e1'])('X166 holds no letters with accents, in whatever form: %p', (id) => {
    expect(() => write(id)).toThrow(/beyond ASCII/);
  });
});

describe('a list', () => {
  it('X171 of more rows than VALUES takes travels as JSON, in one unit of work', async () => {
    const ids = Array.from({ length: 1_001 }, (_, index) => ({ id: `n-${index}` }));
    await database.commit(sql`INSERT INTO note (id) SELECT j.id FROM OPENJSON(${json(ids)}) WITH (id VARCHAR(40) '$.id') AS j;`);
    expect(await notes()).toHaveLength(1_001);
  });

  it('X173 that has no end is given up before it fills the memory, and that opens no breaker', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => ({ id: `n-${index}` }));
    await database.commit(sql`INSERT INTO note (id) SELECT j.id FROM OPENJSON(${json(ids)}) WITH (id VARCHAR(40) '$.id') AS j;`);
    await using patient = Database.open({ connectionString: server.connectionString, name: 'cart', policy: { concurrency: 1 } });
    await expect(patient.query(z.object({ id: z.string() }), sql`SELECT a.id FROM note AS a CROSS JOIN note AS b;`)).rejects.toMatchObject({ name: 'TooManyRows' });
    expect(patient.state).toBe('closed');
    expect(await patient.query(z.object({ one: z.int() }), sql`SELECT 1 AS one;`)).toEqual([{ one: 1 }]);
  }, 60_000);
});

it('Q45 no statement holds the clock of the database against that of a process: each reads one of the two', () => {
  const statements = texts().flatMap(({ path, text: code }) => [...code.matchAll(/sql`([^`]*)`/g)].map(([, statement = '']) => ({ path, statement })));
  const byDatabase = statements.filter(({ statement }) => /\bSYS(?:UTC)?DATETIME\b|\bGET(?:UTC)?DATE\b|\bCURRENT_TIMESTAMP\b/.test(statement));
  expect(byDatabase.length).toBeGreaterThan(5);
  expect(byDatabase.filter(({ statement }) => statement.includes('datetime2('))).toEqual([]);
  // What the database has dated is never asked about by another date either.
  const dated = /\b(?:handled_at|lease_until|applied_at)\b|\boutbox\b[^;]*\bcreated_at\b/;
  expect(byDatabase.filter(({ statement }) => dated.test(statement)).length).toBeGreaterThan(3);
  expect(statements.filter(({ statement }) => dated.test(statement) && statement.includes('datetime2('))).toEqual([]);
});

describe('an error in the middle of a unit of work', () => {
  it.each([1205, 1222, 3960])('X175 Q24 Q25 is never swallowed: %i is run again as a whole, and nothing is there twice', async (number) => {
    server.faults([{ match: "'second'|@p2", action: number }]);
    await database.commit(join([write('first'), write('second')]));
    expect(await notes()).toHaveLength(2);
  });

  it('X176 Q39 takes everything back, and is told by the first of its errors', async () => {
    const broken = join([write('first'), sql`INSERT INTO note (id) VALUES (NULL); SELECT CAST('x' AS INT) AS n;`]);
    await expect(database.commit(broken)).rejects.toMatchObject({ number: 515 });
    expect(await notes()).toEqual([]);
    await database.commit(write('next'));
    expect(await notes()).toHaveLength(1);
  });

  it('X175 X177 is caught by no statement of ours, and none saves a part of a transaction', () => {
    expect(statementsWith(/\bBEGIN TRY\b|\bCREATE PROC|\bSAVE TRAN|\bRAISERROR\b/)).toEqual([]);
  });
});

describe('what a server says beside its answer', () => {
  const isWork = (statement: string): boolean => statement.includes('UPDATE sale');
  const open = async (reply: Reply) => {
    const scripted = await startScriptedServer((statement) => (isWork(statement) ? reply : 'one'));
    const cart = Database.open({ connectionString: scripted.connectionString, name: 'cart', lane: 'accept' });
    return { cart, [Symbol.asyncDispose]: async () => {
      await cart.close();
      await scripted[Symbol.asyncDispose]();
    } };
  };
  const work = sql`UPDATE sale SET n = ${int(1)};`;

  it('X181 is no error: printed lines, messages of severity 10, rows that nobody asked for', async () => {
    await using opened = await open('chatter');
    await opened.cart.commit(work);
    expect(await opened.cart.query(z.object({ one: z.int() }), work)).toEqual([{ one: 1 }]);
    expect(opened.cart.state).toBe('closed');
  });

  it.each<[number, number, string, object]>([
    [50_001, 16, 'the statement’s own', { number: 50_001, code: 'EREQUEST' }],
    [8_680, 17, 'an outage', { name: 'DependencyUnavailable' }],
    [8_621, 18, 'an outage', { name: 'DependencyUnavailable' }],
    [21, 20, 'an open question', { name: 'CommitUnknown' }],
  ])(
    'X182 error %i of severity %i is %s',
    async (number, severity, _what, expected) => {
      await using opened = await open({ error: number, message: 'x', severity });
      await expect(opened.cart.commit(work)).rejects.toMatchObject(expected);
    },
  );
});

/** What is shipped. */
function texts(): { readonly path: string; readonly text: string }[] {
  const root = joinPath(import.meta.dirname, '../../..');
  const files = globSync('{libs,services}/*/{src,migrations}/**/*.{ts,sql}', { cwd: root }).filter((path) => !/\.spec\.ts$|node_modules|testing/.test(path));
  expect(files.length).toBeGreaterThan(100);
  return files.map((path) => ({ path, text: readFileSync(joinPath(root, path), 'utf8') }));
}

/** The files of what is shipped with a statement that fits. */
const statementsWith = (pattern: RegExp): string[] =>
  texts().filter(({ text: code }) => code.split('\n').some((line) => pattern.test(line) && !/^\s*(?:\/\/|\/?\*|--)/.test(line))).map(({ path }) => path);
