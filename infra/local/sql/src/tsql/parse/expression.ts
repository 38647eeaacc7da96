import { outside, TsqlError } from '../../engine/error.ts';
import type { Binary, Call, Case, Comparison, Expression, Ordering } from '../node/expression.ts';
import type { Cursor } from './cursor.ts';
import { parseQuery } from './query.ts';
import { parseType } from './type.ts';

/** A search condition or a value: `OR`, then `AND`, then `NOT`, then predicates, then arithmetic. */
export function parseExpression(cursor: Cursor): Expression {
  let left = parseAnd(cursor);
  while (cursor.take('OR')) left = { node: 'logic', operator: 'OR', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: Cursor): Expression {
  let left = parseNot(cursor);
  while (cursor.take('AND')) left = { node: 'logic', operator: 'AND', left, right: parseNot(cursor) };
  return left;
}

function parseNot(cursor: Cursor): Expression {
  return cursor.take('NOT') ? { node: 'not', operand: parseNot(cursor) } : parsePredicate(cursor);
}

const comparisons: Readonly<Record<string, Comparison['operator']>> = { '=': '=', '<>': '<>', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=', '!<': '>=', '!>': '<=' };

function parsePredicate(cursor: Cursor): Expression {
  const left = parseSum(cursor);
  const operator = cursor.current.kind === 'symbol' ? comparisons[cursor.current.upper] : undefined;
  if (operator) {
    cursor.next();
    if (cursor.at('ANY', 'ALL', 'SOME')) throw outside(`${cursor.current.upper} (subquery)`, cursor.line);
    return { node: 'comparison', operator, left, right: parseSum(cursor) };
  }
  if (cursor.take('IS')) {
    const negated = cursor.take('NOT');
    if (cursor.at('DISTINCT')) throw outside('IS DISTINCT FROM', cursor.line);
    cursor.expect('NULL');
    return { node: 'is null', operand: left, negated };
  }
  const negated = cursor.at('NOT') && ['LIKE', 'IN', 'BETWEEN'].includes(cursor.ahead(1).upper) && cursor.take('NOT');
  if (cursor.take('LIKE')) {
    const pattern = parseSum(cursor);
    return { node: 'like', operand: left, pattern, escape: cursor.take('ESCAPE') ? parseSum(cursor) : undefined, negated };
  }
  if (cursor.take('BETWEEN')) {
    const low = parseSum(cursor);
    cursor.expect('AND');
    return { node: 'between', operand: left, low, high: parseSum(cursor), negated };
  }
  if (cursor.take('IN')) {
    cursor.expectSymbol('(');
    const list = cursor.at('SELECT', 'WITH') ? parseQuery(cursor) : cursor.list(() => parseExpression(cursor));
    cursor.expectSymbol(')');
    return { node: 'in', operand: left, list, negated };
  }
  return left;
}

const sums = new Set(['+', '-', '&', '|', '^']);
const products = new Set(['*', '/', '%']);

function parseSum(cursor: Cursor): Expression {
  let left = parseProduct(cursor);
  while (cursor.current.kind === 'symbol' && sums.has(cursor.current.upper)) {
    const operator = cursor.next().upper as Binary['operator'];
    left = { node: 'binary', operator, left, right: parseProduct(cursor) };
  }
  return left;
}

function parseProduct(cursor: Cursor): Expression {
  let left = parseUnary(cursor);
  while (cursor.current.kind === 'symbol' && products.has(cursor.current.upper)) {
    const operator = cursor.next().upper as Binary['operator'];
    left = { node: 'binary', operator, left, right: parseUnary(cursor) };
  }
  return left;
}

function parseUnary(cursor: Cursor): Expression {
  for (const operator of ['-', '+', '~'] as const) {
    if (cursor.takeSymbol(operator)) return { node: 'unary', operator, operand: parseUnary(cursor) };
  }
  let operand = parsePrimary(cursor);
  while (cursor.take('COLLATE')) operand = { node: 'collate', operand, collation: cursor.name() };
  return operand;
}

function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.current;
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { node: 'literal', of: /e/i.test(token.text) ? 'float' : token.text.includes('.') ? 'decimal' : 'integer', text: token.text, national: false };
    case 'string':
      cursor.next();
      return { node: 'literal', of: 'string', text: token.text, national: token.national };
    case 'binary':
      cursor.next();
      return { node: 'literal', of: 'binary', text: token.text, national: false };
    case 'variable':
      cursor.next();
      return { node: 'variable', name: token.text.toLowerCase(), line: token.line };
    case 'symbol':
      if (cursor.takeSymbol('(')) {
        const inner: Expression = cursor.at('SELECT', 'WITH') ? { node: 'scalar query', query: parseQuery(cursor) } : parseExpression(cursor);
        cursor.expectSymbol(')');
        return inner;
      }
      throw cursor.unexpected();
    case 'word':
      return parseWord(cursor);
    case 'name':
      return parseReference(cursor);
    default:
      throw cursor.unexpected();
  }
}

function parseWord(cursor: Cursor): Expression {
  if (cursor.take('NULL')) return { node: 'literal', of: 'null', text: '', national: false };
  if (cursor.take('DEFAULT')) return { node: 'default' };
  if (cursor.take('CASE')) return parseCase(cursor);
  if (cursor.take('EXISTS')) {
    cursor.expectSymbol('(');
    const query = parseQuery(cursor);
    cursor.expectSymbol(')');
    return { node: 'exists', query };
  }
  const called = cursor.ahead(1).upper === '(' && cursor.ahead(1).kind === 'symbol';
  if (called && cursor.at('CAST', 'TRY_CAST')) return parseCast(cursor);
  if (called && cursor.at('CONVERT', 'TRY_CONVERT')) return parseConvert(cursor);
  // LEFT and RIGHT are reserved, and functions all the same when a parenthesis follows.
  if (called && cursor.at('LEFT', 'RIGHT')) return parseCall(cursor, cursor.next().upper);
  if (cursor.at('CURRENT_TIMESTAMP')) {
    cursor.next();
    return { node: 'call', name: 'CURRENT_TIMESTAMP', arguments: [], star: false, distinct: false, over: undefined, within: [] };
  }
  return parseReference(cursor);
}

/** A column with up to one qualifier, or a function call. */
function parseReference(cursor: Cursor): Expression {
  const bare = cursor.current.kind === 'word';
  const first = cursor.name();
  if (bare && cursor.atSymbol('(')) return parseCall(cursor, first.toUpperCase());
  if (!cursor.takeSymbol('.')) return { node: 'column', qualifier: undefined, name: first };
  const second = cursor.name();
  if (cursor.atSymbol('(')) throw outside(`The function ${first}.${second}`, cursor.line);
  if (!cursor.takeSymbol('.')) return { node: 'column', qualifier: first, name: second };
  return { node: 'column', qualifier: second, name: cursor.name() };
}

function parseCall(cursor: Cursor, name: string): Call {
  cursor.expectSymbol('(');
  const star = cursor.takeSymbol('*');
  const distinct = cursor.take('DISTINCT');
  // The first argument of DATEADD and DATEDIFF is a word, not a column; it is read as a column and taken by its name.
  const list = star || cursor.atSymbol(')') ? [] : cursor.list(() => parseExpression(cursor));
  cursor.expectSymbol(')');
  let within: readonly Ordering[] = [];
  if (cursor.take('WITHIN')) {
    cursor.expect('GROUP');
    cursor.expectSymbol('(');
    within = parseOrderBy(cursor);
    cursor.expectSymbol(')');
  }
  if (!cursor.take('OVER')) return { node: 'call', name, arguments: list, star, distinct, over: undefined, within };
  cursor.expectSymbol('(');
  const partitionBy = cursor.take('PARTITION', 'BY') ? cursor.list(() => parseExpression(cursor)) : [];
  const orderBy = cursor.at('ORDER') ? parseOrderBy(cursor) : [];
  if (!cursor.atSymbol(')')) throw outside('A window frame (ROWS / RANGE)', cursor.line);
  cursor.expectSymbol(')');
  return { node: 'call', name, arguments: list, star, distinct, over: { partitionBy, orderBy }, within };
}

export function parseOrderBy(cursor: Cursor): readonly Ordering[] {
  cursor.expect('ORDER', 'BY');
  return cursor.list(() => {
    const expression = parseExpression(cursor);
    const descending = cursor.take('DESC');
    if (!descending) cursor.take('ASC');
    return { expression, descending };
  });
}

function parseCase(cursor: Cursor): Case {
  const operand = cursor.at('WHEN') ? undefined : parseExpression(cursor);
  const branches: { when: Expression; then: Expression }[] = [];
  while (cursor.take('WHEN')) {
    const when = parseExpression(cursor);
    cursor.expect('THEN');
    branches.push({ when, then: parseExpression(cursor) });
  }
  if (branches.length === 0) throw cursor.unexpected();
  const otherwise = cursor.take('ELSE') ? parseExpression(cursor) : undefined;
  cursor.expect('END');
  return { node: 'case', operand, branches, otherwise };
}

function parseCast(cursor: Cursor): Expression {
  const isTry = cursor.next().upper === 'TRY_CAST';
  cursor.expectSymbol('(');
  const operand = parseExpression(cursor);
  cursor.expect('AS');
  const type = parseCastType(cursor);
  cursor.expectSymbol(')');
  return { node: 'cast', operand, type, isTry, style: undefined };
}

function parseConvert(cursor: Cursor): Expression {
  const isTry = cursor.next().upper === 'TRY_CONVERT';
  cursor.expectSymbol('(');
  const type = parseCastType(cursor);
  cursor.expectSymbol(',');
  const operand = parseExpression(cursor);
  const style = cursor.takeSymbol(',') ? cursor.integer() : undefined;
  cursor.expectSymbol(')');
  return { node: 'cast', operand, type, isTry, style };
}

/** In CAST and CONVERT, and only there, a string type without a length means 30 characters. */
function parseCastType(cursor: Cursor) {
  const { text } = cursor.current;
  const parsed = parseType(cursor, () => new TsqlError(243, `Type ${text} is not a defined system type.`, { effect: 'batch' }));
  const sized = ['varchar', 'nvarchar', 'char', 'nchar', 'varbinary', 'binary'].includes(parsed.kind);
  return sized && parsed.length === 1 && cursor.current.text !== '1' ? { ...parsed, length: 30 } : parsed;
}
