import { Barcode, CardToken, CommandId, Currency, RefundId, RequestHash, SaleId, ShiftId, Sku, StoreId, TenantId, Text, TillId } from './shapes.ts';

const id = '0f0e4c55-27f5-5d8c-9c0e-2f6b8f1f8f10';
const names = { TenantId, StoreId, TillId, Sku, ShiftId };
const uuids = { CommandId, SaleId, RefundId };
/** Whatever becomes a part of a key, with an example. */
const keys = [
  ...Object.entries(names).map(([name, schema]) => [name, schema, 'a'] as const),
  ...Object.entries(uuids).map(([name, schema]) => [name, schema, id] as const),
  ['Barcode', Barcode, '40170725'] as const, ['Currency', Currency, 'EUR'] as const, ['CardToken', CardToken, 'tok_a'] as const, ['RequestHash', RequestHash, 'a'.repeat(43)] as const,
];

describe.each(keys)('%s', (_name, schema, good) => {
  it('is what it is', () => {
    expect(schema.parse(good)).toBe(good);
  });

  it.each([
    ['X166 a space behind it', `${good} `], ['X166 a line feed behind it', `${good}\n`], ['X166 a space before it', ` ${good}`],
    ['X166 an accent of its own', `${good}\u0301`], ['X166 an accented letter', `${good}\u00e1`], ['X166 a wide letter', `${good}\uff41`],
    ['X164 U+0000', `${good}\u0000`], ['X164 half a surrogate pair', `${good}\ud83d`], ['X164 U+FFFF', `${good}\uffff`],
    ['X151 a quote', `${good}'; DROP TABLE sale; --`], ['nothing in it', ''], ['a thousand characters', good.repeat(1_000)],
  ])('is nothing with %s', (_what, bad) => {
    expect(schema.safeParse(bad).success).toBe(false);
  });
});

describe.each(Object.entries(uuids))('%s', (_name, schema) => {
  it.each([['X167 in braces', `{${id}}`], ['X167 without hyphens', id.replaceAll('-', '')], ['X167 too short', id.slice(1)], ['X167 with a letter that is no digit', id.replace('f', 'g')], ['X167 of capitals, so that one sale has one spelling', id.toUpperCase()]])('is refused %s', (_what, bad) => {
    expect(schema.safeParse(bad).success).toBe(false);
  });
});

describe('text that people read', () => {
  it.each(['O\u2019Neil & S\u00f6hne', 'a\u0301', '\u2003wide', '<b>bold</b>', '😀', "'; DROP TABLE sale; --"])('X174 is taken as it is: %p', (text) => {
    expect(Text(40).parse(text)).toBe(text);
  });

  it.each(['', 'a\u0000', 'a\u001b[2J', 'two\nlines', 'a\ud83d', '\udc00a'])('X164 has no control characters and no half surrogate pairs: %p', (text) => {
    expect(Text(40).safeParse(text).success).toBe(false);
  });

  it('X162 is as long as the column behind it, in UTF-16 units', () => {
    expect(Text(40).safeParse('😀'.repeat(20)).success).toBe(true);
    expect(Text(40).safeParse('😀'.repeat(21)).success).toBe(false);
  });
});
