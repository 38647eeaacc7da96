import { TsqlError } from '../../engine/error.ts';
import { tokenize } from '../lexer.ts';
import { parseBatch } from './batch.ts';
import { parseParameters } from './parameters.ts';

const numberOf = (run: () => unknown) => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof TsqlError ? error.number : error;
  }
};

describe('the lexer', () => {
  it('reads names, strings, numbers, binaries and nested comments', () => {
    const tokens = tokenize("SELECT [a]]b], \"c\", N'it''s', 1.5e3, 0xAF /* a /* nested */ comment */ -- rest\n@x <> @@ROWCOUNT");
    expect(tokens.map(({ kind, text }) => `${kind}:${text}`)).toEqual(['word:SELECT', 'name:a]b', 'symbol:,', 'name:c', 'symbol:,', "string:it's", 'symbol:,', 'number:1.5e3', 'symbol:,', 'binary:AF', 'variable:@x', 'symbol:<>', 'variable:@@ROWCOUNT', 'end:']);
    expect(tokens.at(-2)?.line).toBe(2);
  });

  it.each([["'open", 105], ['[open', 105], ['/* open', 113], ['"open', 105]])('says what is unclosed in %s', (text, number) => {
    expect(numberOf(() => tokenize(text))).toBe(number);
  });
});

describe('the parser', () => {
  it('takes statements with and without semicolons', () => {
    expect(parseBatch('SELECT 1 SELECT 2; ;SELECT 3;').map(({ node }) => node)).toEqual(['select statement', 'select statement', 'select statement']);
  });

  it('binds AND tighter than OR, and * tighter than +', () => {
    expect(parseBatch('IF 1 = 1 OR 2 = 2 AND 3 = 3 SELECT 1 + 2 * 3')).toMatchObject([{ node: 'if', condition: { operator: 'OR', right: { operator: 'AND' } }, then: { query: { body: { items: [{ expression: { operator: '+', right: { operator: '*' } } }] } } } }]);
  });

  it('refuses GO, which is a word of tools and not of T-SQL', () => {
    expect(numberOf(() => parseBatch('SELECT 1\nGO'))).toBeUndefined();
    expect(numberOf(() => parseBatch('CREATE TABLE t (id INT)\nGO\nSELECT 1'))).toBe(102);
  });

  it('reads parameter declarations', () => {
    expect(parseParameters('@a int, @b nvarchar(max) output')).toMatchObject([{ name: '@a', isOutput: false }, { name: '@b', isOutput: true }]);
  });

  it('never fails with anything but a T-SQL error, whatever the text', () => {
    const words = ['SELECT', 'FROM', '(', ')', ',', '*', '@a', 'a', '.', 'WHERE', '=', "'x'", '1', 'BEGIN', 'END', 'IF', 'UPDATE', 'SET', 'WITH', 'AS', 'OPENJSON', ';', 'CREATE', 'TABLE', 'INSERT', 'INTO', 'VALUES', 'CASE', 'WHEN'];
    let state = 7;
    const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
    for (let i = 0; i < 3000; i += 1) {
      const text = Array.from({ length: 1 + (next() >> 8) % 12 }, () => words[(next() >> 8) % words.length]).join(' ');
      const outcome = numberOf(() => parseBatch(text));
      expect(outcome === undefined || typeof outcome === 'number' ? 'fine' : `${text}: ${String(outcome)}`).toBe('fine');
    }
  });
});
