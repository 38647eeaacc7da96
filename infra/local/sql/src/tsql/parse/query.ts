import { outside } from '../../engine/error.ts';
import type { Expression } from '../node/expression.ts';
import type { CommonTable, Query, QueryBody, Select, SelectItem } from '../node/query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseOrderBy } from './expression.ts';
import { parseFrom } from './from.ts';
import { parseQueryHints } from './hints.ts';

/** `[WITH …] SELECT … [UNION …] [ORDER BY … [OFFSET … FETCH …]]` */
export function parseQuery(cursor: Cursor): Query {
  return parseQueryAfterWith(cursor, parseCommonTables(cursor));
}

export function parseQueryAfterWith(cursor: Cursor, ctes: readonly CommonTable[]): Query {
  const body = parseBody(cursor);
  const orderBy = cursor.at('ORDER') ? parseOrderBy(cursor) : [];
  let offset: Expression | undefined;
  let fetch: Expression | undefined;
  if (cursor.take('OFFSET')) {
    offset = parseExpression(cursor);
    if (!cursor.take('ROWS')) cursor.expect('ROW');
    if (cursor.take('FETCH')) {
      if (!cursor.take('NEXT')) cursor.expect('FIRST');
      fetch = parseExpression(cursor);
      if (!cursor.take('ROWS')) cursor.expect('ROW');
      cursor.expect('ONLY');
    }
  }
  if (cursor.at('FOR')) throw outside('FOR JSON / FOR XML', cursor.line);
  parseQueryHints(cursor);
  return { node: 'query', ctes, body, orderBy, offset, fetch };
}

export function parseCommonTables(cursor: Cursor): readonly CommonTable[] {
  if (!cursor.take('WITH')) return [];
  return cursor.list(() => {
    const name = cursor.name();
    const columns = cursor.atSymbol('(') ? cursor.group(() => cursor.name()) : [];
    cursor.expect('AS');
    cursor.expectSymbol('(');
    const query = parseQuery(cursor);
    cursor.expectSymbol(')');
    return { name, columns, query };
  });
}

function parseBody(cursor: Cursor): QueryBody {
  let left = parseTerm(cursor);
  for (;;) {
    const operator = cursor.take('UNION') ? (cursor.take('ALL') ? 'UNION ALL' : 'UNION') : cursor.take('EXCEPT') ? 'EXCEPT' : undefined;
    if (!operator) return left;
    left = { node: 'set operation', operator, left, right: parseTerm(cursor) };
  }
}

function parseTerm(cursor: Cursor): QueryBody {
  let left: QueryBody = parseSelect(cursor);
  while (cursor.take('INTERSECT')) left = { node: 'set operation', operator: 'INTERSECT', left, right: parseSelect(cursor) };
  return left;
}

function parseSelect(cursor: Cursor): Select {
  cursor.expect('SELECT');
  const distinct = cursor.take('DISTINCT');
  if (!distinct) cursor.take('ALL');
  const top = parseTop(cursor);
  const items = cursor.list(() => parseItem(cursor));
  if (cursor.at('INTO')) throw outside('SELECT INTO', cursor.line);
  const from = cursor.take('FROM') ? parseFrom(cursor) : undefined;
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  const groupBy = cursor.take('GROUP', 'BY') ? cursor.list(() => parseExpression(cursor)) : [];
  const having = cursor.take('HAVING') ? parseExpression(cursor) : undefined;
  return { node: 'select', distinct, top, items, from, where, groupBy, having };
}

export function parseTop(cursor: Cursor): Expression | undefined {
  if (!cursor.take('TOP')) return undefined;
  let top: Expression;
  if (cursor.takeSymbol('(')) {
    top = parseExpression(cursor);
    cursor.expectSymbol(')');
  } else {
    top = { node: 'literal', of: 'integer', text: String(cursor.integer()), national: false };
  }
  if (cursor.at('PERCENT')) throw outside('TOP … PERCENT', cursor.line);
  if (cursor.at('WITH') && cursor.ahead(1).upper === 'TIES') throw outside('TOP … WITH TIES', cursor.line);
  return top;
}

export function parseItem(cursor: Cursor): SelectItem {
  if (cursor.takeSymbol('*')) return { item: 'star', qualifier: undefined };
  if (cursor.isName() && cursor.ahead(1).upper === '.' && cursor.ahead(2).upper === '*') {
    const qualifier = cursor.name();
    cursor.expectSymbol('.');
    cursor.expectSymbol('*');
    return { item: 'star', qualifier };
  }
  if (cursor.current.kind === 'variable' && cursor.ahead(1).upper === '=') {
    const variable = cursor.variable();
    cursor.expectSymbol('=');
    return { item: 'assignment', variable, expression: parseExpression(cursor) };
  }
  if (cursor.isName() && cursor.ahead(1).kind === 'symbol' && cursor.ahead(1).upper === '=') {
    const alias = cursor.name();
    cursor.expectSymbol('=');
    return { item: 'expression', expression: parseExpression(cursor), alias };
  }
  const expression = parseExpression(cursor);
  if (cursor.take('AS')) return { item: 'expression', expression, alias: cursor.current.kind === 'string' ? cursor.string() : cursor.name() };
  return { item: 'expression', expression, alias: cursor.isName() ? cursor.name() : undefined };
}
