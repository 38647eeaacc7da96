import sql from 'mssql';
import { startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => { db = await startTestServer(); });
afterAll(() => db.close());

const echo = async (type: sql.ISqlType | (() => sql.ISqlType), value: unknown) => (await db.query('SELECT @v AS v', { v: [type, value] }))[0]?.['v'];

describe('values', () => {
  it.each([
    ['TINYINT', sql.TinyInt, 255, 255],
    ['SMALLINT', sql.SmallInt, -32_768, -32_768],
    ['INT', sql.Int, -2_147_483_648, -2_147_483_648],
    ['BIT', sql.Bit, true, true],
    ['FLOAT', sql.Float, 0.1, 0.1],
    ['BIGINT beyond 2^53', sql.BigInt, '9223372036854775807', '9223372036854775807'],
    ['negative BIGINT', sql.BigInt, '-9223372036854775808', '-9223372036854775808'],
    ['UNIQUEIDENTIFIER', sql.UniqueIdentifier, '0b6d7d9e-0000-4000-8000-00000000abcd', '0B6D7D9E-0000-4000-8000-00000000ABCD'],
    ['empty NVARCHAR', sql.NVarChar(10), '', ''],
    ['NVARCHAR with emoji', sql.NVarChar(20), 'Grüße 🧾', 'Grüße 🧾'],
    ['VARCHAR of code page 1252', sql.VarChar(20), 'Fuß €', 'Fuß €'],
    ['NULL', sql.NVarChar(10), null, null],
  ])('keeps %s', async (_name, type, value, expected) => {
    expect(await echo(type, value)).toEqual(expected);
  });

  it('keeps a date with milliseconds in DATETIME2(3)', async () => {
    expect(await echo(sql.DateTime2(3), new Date('2026-03-29T00:59:59.987Z'))).toEqual(new Date('2026-03-29T00:59:59.987Z'));
  });

  it('keeps dates long before and after our time', async () => {
    for (const date of ['0001-01-01T00:00:00.000Z', '1899-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z']) expect(await echo(sql.DateTime2(3), new Date(date))).toEqual(new Date(date));
  });

  it('keeps a calendar DATE', async () => {
    expect(await echo(sql.Date, new Date('2026-11-22T00:00:00Z'))).toEqual(new Date('2026-11-22T00:00:00Z'));
  });

  it('keeps bytes', async () => {
    expect(await echo(sql.VarBinary(8), Buffer.from('00ff10', 'hex'))).toEqual(Buffer.from('00ff10', 'hex'));
    expect(await echo(sql.VarBinary(sql.MAX), Buffer.alloc(100_000, 7))).toEqual(Buffer.alloc(100_000, 7));
  });

  it('keeps a megabyte of text, both ways', async () => {
    const text = 'aé🧾'.repeat(260_000);
    expect(await echo(sql.NVarChar(sql.MAX), text)).toBe(text);
  });

  it('keeps the values of every column type in a table', async () => {
    await db.batch(`CREATE TABLE everything (id INT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL, flag BIT NULL, small SMALLINT NULL, tiny TINYINT NULL, price DECIMAL(10, 2) NULL, ratio FLOAT NULL,
      name NVARCHAR(20) NULL, note NVARCHAR(MAX) NULL, code CHAR(4) NULL, key_id UNIQUEIDENTIFIER NULL, at DATETIME2(3) NULL, day DATE NULL, hash VARBINARY(32) NULL, version ROWVERSION NOT NULL)`);
    await db.query(`INSERT INTO everything (id, amount, flag, small, tiny, price, ratio, name, note, code, key_id, at, day, hash)
      VALUES (1, 9007199254740993, 1, -5, 200, 12.345, 0.25, N'Zoë', N'x', 'ab', '0b6d7d9e-0000-4000-8000-00000000abcd', '2026-01-02T03:04:05.6789', '2026-01-02', 0xC0FFEE)`);
    const [row] = await db.query('SELECT * FROM everything');
    expect(row).toEqual({
      id: 1, amount: '9007199254740993', flag: true, small: -5, tiny: 200, price: 12.35, ratio: 0.25, name: 'Zoë', note: 'x', code: 'ab  ', key_id: '0B6D7D9E-0000-4000-8000-00000000ABCD',
      at: new Date('2026-01-02T03:04:05.679Z'), day: new Date('2026-01-02T00:00:00Z'), hash: Buffer.from('C0FFEE', 'hex'), version: expect.any(Buffer) as Buffer,
    });
  });

  it('hands out a greater ROWVERSION with every change, and finds a row by it', async () => {
    await db.batch('CREATE TABLE versioned (id INT NOT NULL PRIMARY KEY, n INT NOT NULL, version ROWVERSION)');
    await db.query('INSERT INTO versioned (id, n) VALUES (1, 1)');
    const [first] = await db.query('SELECT version FROM versioned');
    await db.query('UPDATE versioned SET n = 2 WHERE id = 1');
    const [second] = await db.query('SELECT version FROM versioned');
    expect(Buffer.compare(first?.['version'] as Buffer, second?.['version'] as Buffer)).toBe(-1);
    const stale = await db.result('UPDATE versioned SET n = 3 WHERE id = 1 AND version = @v', { v: [sql.VarBinary(8), first?.['version']] });
    expect(stale.rowsAffected).toEqual([0]);
  });

  it('returns output parameters', async () => {
    const result = await db.pool.request().input('a', sql.Int, 20).output('b', sql.Int).query('SET @b = @a * 2');
    expect(result.output).toEqual({ b: 40 });
  });

  it('cuts a text parameter to its declared length without a word, as the server does', async () => {
    expect(await echo(sql.NVarChar(3), 'abcdef')).toBe('abc');
  });

  it('serves prepared statements', async () => {
    const prepared = new sql.PreparedStatement(db.pool);
    prepared.input('n', sql.Int);
    await prepared.prepare('SELECT @n + 1 AS next');
    expect((await prepared.execute({ n: 1 })).recordset).toEqual([{ next: 2 }]);
    expect((await prepared.execute({ n: 5 })).recordset).toEqual([{ next: 6 }]);
    await prepared.unprepare();
  });
});
