import { join, maxParameters, nothing, sql } from './sql.ts';
import { bigint, bit, datetime2, int, json, maxTextLength, nvarchar, text, uuid, varchar, type Parameter } from './types.ts';

const stockOf = (tenant: string, sku: string) => sql`SELECT on_hand FROM stock WHERE tenant_id = ${varchar(40, tenant)} AND sku = ${varchar(20, sku)}`;
const values = (statement: { readonly parameters: readonly Parameter[] }): unknown[] => statement.parameters.map(({ value }) => value);

describe('a statement', () => {
  test('keeps its values out of its text', () => {
    const statement = stockOf("'; DROP TABLE stock --", 'APPLE');
    expect(statement.text).toBe('SELECT on_hand FROM stock WHERE tenant_id = @p0 AND sku = @p1');
    expect(values(statement)).toEqual(["'; DROP TABLE stock --", 'APPLE']);
  });

  test('is the very same text each time, so that its plan is found again', () => {
    expect(stockOf('a', 'b').shape).toBe(stockOf('c', 'd').shape);
  });

  test('X154 names its parameters by their places, whatever the values are called', () => {
    const values = { "a'; DROP TABLE stock --": 'x', __proto__: 'y' };
    const statement = join(Object.values(values).map((value) => sql`UPDATE stock SET note = ${nvarchar(10, value)};`));
    expect(statement.text.match(/@\w*/g)).toEqual(statement.parameters.map((_, index) => `@p${index}`));
  });

  test('X153 refuses a bare value, which could be taken for text', () => {
    expect(() => sql`SELECT ${'x' as unknown as Parameter}`).toThrow(/@p0 after "SELECT" has no type/);
    expect(() => sql`SELECT ${undefined as unknown as Parameter}`).toThrow(TypeError);
  });

  test('X170 refuses more parameters than the server takes', () => {
    const many = Array.from({ length: maxParameters + 1 }, () => sql`${int(1)}`);
    expect(() => join(many, ', ')).toThrow(/send a list as JSON/);
  });
});

describe('a composed statement', () => {
  test('numbers the parameters of its parts anew', () => {
    const both = sql`IF ${bit(true)} = 1 BEGIN ${stockOf('a', 'b')}; END ELSE ${stockOf('c', 'd')} OPTION (MAXDOP ${int(1)})`;
    expect(both.text).toBe(
      'IF @p0 = 1 BEGIN SELECT on_hand FROM stock WHERE tenant_id = @p1 AND sku = @p2; END ELSE '
      + 'SELECT on_hand FROM stock WHERE tenant_id = @p3 AND sku = @p4 OPTION (MAXDOP @p5)',
    );
    expect(values(both)).toEqual([true, 'a', 'b', 'c', 'd', 1]);
  });

  test('nests to any depth and still has one text for one shape', () => {
    const inner = (n: number) => sql`(${int(n)})`;
    const middle = (n: number) => sql`[${inner(n)} ${inner(n + 1)}]`;
    const outer = (n: number) => sql`{${middle(n)}${nothing}${middle(n + 2)}}`;
    expect(outer(1).text).toBe('{[(@p0) (@p1)][(@p2) (@p3)]}');
    expect(values(outer(1))).toEqual([1, 2, 3, 4]);
    expect(outer(1).shape).toBe(outer(9).shape);
  });

  test('tells apart what differs only in a part', () => {
    const where = (filter = nothing) => sql`SELECT 1 ${filter} ORDER BY 1`;
    expect(where(sql`WHERE a = ${int(1)}`).text).toBe('SELECT 1 WHERE a = @p0 ORDER BY 1');
    expect(where(sql`WHERE b = ${int(1)}`).text).toBe('SELECT 1 WHERE b = @p0 ORDER BY 1');
    expect(where().text).toBe('SELECT 1  ORDER BY 1');
    const either = (part: Parameter | ReturnType<typeof sql>) => sql`SELECT ${part}, ${nothing}`;
    expect([either(int(1)).text, either(sql`n`).text, either(int(2)).text]).toEqual(['SELECT @p0, ', 'SELECT n, ', 'SELECT @p0, ']);
  });

  test('joins none, one and several', () => {
    const condition = (n: number) => sql`n = ${int(n)}`;
    expect(join([], ' AND ').text).toBe('');
    expect(join([condition(1)], ' AND ').text).toBe('n = @p0');
    expect(join([condition(1), condition(2), nothing], ' AND ').text).toBe('n = @p0 AND n = @p1 AND ');
    expect(join([condition(1), condition(2)], ' OR ').shape).toBe(join([condition(3), condition(4)], ' OR ').shape);
  });

  test('is right even when it was composed in more ways than are remembered', () => {
    const part = (count: number) => join(Array.from({ length: count }, (_, n) => sql`${int(n)}`), ', ');
    for (let count = 1; count < 60; count += 1) {
      const statement = sql`IN (${part(count)})`;
      expect(statement.text).toBe(`IN (${Array.from({ length: count }, (_, n) => `@p${n}`).join(', ')})`);
    }
  });
});

const refusal = (make: () => Parameter): string => {
  try {
    return sql`SELECT ${make()}` && 'accepted';
  } catch (error) {
    return error instanceof TypeError ? error.message.replace('@p0 ', '').replace('after "SELECT" ', '') : String(error);
  }
};

describe('a value that the driver or the server would change is refused:', () => {
  const loose = <T>(value: unknown): T => value as T;

  test.each<[string, () => Parameter, string]>([
    ['X155 NaN, which becomes NULL', () => int(NaN), 'int must be a whole number or null, not NaN'],
    ['X156 a fraction, which is cut off', () => int(1.9), 'int must be a whole number or null, not 1.9'],
    ['X156 an empty string, which becomes 0', () => int(loose('')), 'int must be a whole number or null, not string'],
    ['X156 an array, which becomes 0', () => int(loose([])), 'int must be a whole number or null, not object'],
    ['X156 true, which becomes 1', () => int(loose(true)), 'int must be a whole number or null, not boolean'],
    ['X155 undefined, which becomes NULL', () => int(loose(undefined)), 'int must be a whole number or null, not undefined'],
    ['a number beyond 32 bits', () => int(2 ** 31), 'int 2147483648 is out of range'],
    ['X159 a number beyond 2^53, which is another number already', () => bigint(2 ** 53), 'bigint must be a bigint, a safe integer or null, not 9007199254740992'],
    ['X155 NaN for an amount, which becomes NULL', () => bigint(NaN), 'bigint must be a bigint, a safe integer or null, not NaN'],
    ['X157 12abc for an amount', () => bigint(loose('12abc')), 'bigint must be a bigint, a safe integer or null, not string'],
    ['X157 0x10 for an amount', () => bigint(loose('0x10')), 'bigint must be a bigint, a safe integer or null, not string'],
    ['X157 Infinity for an amount', () => bigint(Infinity), 'bigint must be a bigint, a safe integer or null, not Infinity'],
    ['X157 1e30 for an amount', () => bigint(1e30), 'bigint must be a bigint, a safe integer or null, not 1e+30'],
    ['a bigint beyond 64 bits', () => bigint(2n ** 63n), 'bigint is out of range'],
    ["X158 'false', which becomes 1", () => bit(loose('false')), 'bit must be a boolean or null, not string'],
    ["X158 '0', which becomes 1", () => bit(loose('0')), 'bit must be a boolean or null, not string'],
    ['X161 a string longer than the column, which is cut', () => nvarchar(5, 'abcdef'), 'nvarchar(5) has 6 characters'],
    ['X162 an emoji counts as the two units it takes', () => nvarchar(5, 'abcd😀'), 'nvarchar(5) has 6 characters'],
    ['X163 text beyond ASCII in a varchar, which becomes question marks', () => varchar(10, 'é'), 'varchar(10) holds characters beyond ASCII'],
    ['X163 an emoji in a varchar', () => varchar(10, '😀'), 'varchar(10) holds characters beyond ASCII'],
    ['X164 half a surrogate pair', () => nvarchar(5, '\ud83d'), 'nvarchar(5) holds half a surrogate pair'],
    ['an undefined string', () => varchar(5, loose(undefined)), 'varchar(5) must be a string or null, not undefined'],
    ['a number for a string', () => text(loose(1)), 'nvarchar(max) must be a string or null, not 1'],
    ['a text of more than the agreed size', () => text('x'.repeat(maxTextLength + 1)), `nvarchar(max) has ${maxTextLength + 1} characters`],
    ['X167 a UUID in braces', () => uuid('{01890a5d-ac96-774b-bcce-b302099a8057}'), 'uniqueidentifier must be a UUID or null'],
    ['X167 a UUID that is too short', () => uuid('01890a5d-ac96-774b-bcce-b302099a805'), 'uniqueidentifier must be a UUID or null'],
    ["X167 a UUID with something behind it", () => uuid("01890a5d-ac96-774b-bcce-b302099a8057' OR 1=1"), 'uniqueidentifier must be a UUID or null'],
    ['X168 an invalid date', () => datetime2(new Date(NaN)), 'datetime2(3) must be a valid Date or null'],
    ['X168 a leap second, which is no time to JavaScript', () => datetime2(new Date('2016-12-31T23:59:60Z')), 'datetime2(3) must be a valid Date or null'],
    ['X168 the year 0', () => datetime2(new Date('0000-06-01T00:00:00Z')), 'datetime2(3) year 0 is out of range'],
    ['X168 a year that the column does not hold', () => datetime2(new Date('+010000-01-01T00:00:00Z')), 'datetime2(3) year 10000 is out of range'],
    ['X155 NaN in JSON, which becomes null', () => json({ lines: [{ minor: NaN }] }), 'json as nvarchar(max) holds NaN'],
    ['X164 half a surrogate pair in JSON', () => json([{ name: 'a\udc00' }]), 'json as nvarchar(max) holds half a surrogate pair'],
    ['X172 JSON of 10 MB', () => json(['x'.repeat(10_000_000)]), 'json as nvarchar(max) has 10000004 characters'],
    ['nothing as JSON', () => json(undefined), 'json as nvarchar(max) must be JSON, not undefined'],
  ])('%s', (_, make, expected) => {
    expect(refusal(make)).toBe(expected);
  });
});

describe('a value that travels unharmed is accepted:', () => {
  test.each<[string, () => Parameter]>([
    ['the ends of INT', () => int(-(2 ** 31))],
    ['the ends of BIGINT', () => bigint(-(2n ** 63n))],
    ['a string of exactly the column’s length', () => nvarchar(5, 'abc😀')],
    ['an empty string', () => varchar(1, '')],
    ['a quote, a bracket, a comment', () => varchar(40, "']; DROP TABLE x --/*")],
    ['null of every type', () => uuid(null)],
    ['a backslash before u in JSON', () => json({ path: String.raw`C:\udata`, smile: '😀' })],
    ['year 1', () => datetime2(new Date('0001-01-01T00:00:00Z'))],
  ])('%s', (_, make) => {
    expect(refusal(make)).toBe('accepted');
  });

  test('bigints in JSON are numbers there', () => {
    expect(json({ minor: 9_007_199_254_740_993n, list: [1n] }).value).toBe('{"minor":9007199254740993,"list":[1]}');
  });
});
