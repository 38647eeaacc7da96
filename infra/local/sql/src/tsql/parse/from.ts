import { outside } from '../../engine/error.ts';
import type { Join, JsonColumn, ObjectName, OpenJson, TableSource } from '../node/query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseHints } from './hints.ts';
import { parseQuery } from './query.ts';
import { parseType } from './type.ts';

export function parseFrom(cursor: Cursor): TableSource {
  let left = parseJoins(cursor);
  while (cursor.takeSymbol(',')) left = { node: 'join', kind: 'cross', left, right: parseJoins(cursor), on: undefined };
  return left;
}

function parseJoins(cursor: Cursor): TableSource {
  let left = parseSource(cursor);
  for (;;) {
    const kind = parseJoinKind(cursor);
    if (!kind) return left;
    const right = parseSource(cursor);
    const needsOn = kind === 'inner' || kind === 'left' || kind === 'right' || kind === 'full';
    if (needsOn) cursor.expect('ON');
    left = { node: 'join', kind, left, right, on: needsOn ? parseExpression(cursor) : undefined };
  }
}

function parseJoinKind(cursor: Cursor): Join['kind'] | undefined {
  if (cursor.take('JOIN') || cursor.take('INNER', 'JOIN')) return 'inner';
  if (cursor.take('CROSS', 'JOIN')) return 'cross';
  if (cursor.take('CROSS', 'APPLY')) return 'cross apply';
  if (cursor.take('OUTER', 'APPLY')) return 'outer apply';
  for (const kind of ['left', 'right', 'full'] as const) {
    const word = kind.toUpperCase();
    if (cursor.take(word, 'JOIN') || cursor.take(word, 'OUTER', 'JOIN')) return kind;
  }
  if (cursor.at('INNER', 'LEFT')) throw outside('A join hint', cursor.line);
  if (cursor.at('PIVOT', 'UNPIVOT')) throw outside(cursor.current.upper, cursor.line);
  return undefined;
}

function parseSource(cursor: Cursor): TableSource {
  if (cursor.takeSymbol('(')) return parseParenthesised(cursor);
  if (cursor.at('OPENJSON') && cursor.ahead(1).upper === '(') return parseOpenJson(cursor);
  if (cursor.current.kind === 'variable') throw outside(`The table variable ${cursor.current.text}`, cursor.line);
  const name = parseObjectName(cursor);
  if (cursor.atSymbol('(')) throw outside(`The table-valued function ${name.name}`, cursor.line);
  if (cursor.at('FOR') && cursor.ahead(1).upper === 'SYSTEM_TIME') throw outside('FOR SYSTEM_TIME', cursor.line);
  const alias = parseAlias(cursor);
  if (cursor.at('TABLESAMPLE')) throw outside('TABLESAMPLE', cursor.line);
  return { node: 'table', name, alias, hints: parseHints(cursor) };
}

function parseParenthesised(cursor: Cursor): TableSource {
  if (cursor.take('VALUES')) {
    const rows = cursor.list(() => cursor.group(() => parseExpression(cursor)));
    cursor.expectSymbol(')');
    cursor.take('AS');
    return { node: 'values', rows, alias: cursor.name(), columns: cursor.group(() => cursor.name()) };
  }
  if (!cursor.at('SELECT', 'WITH')) {
    const inner = parseJoins(cursor);
    cursor.expectSymbol(')');
    return inner;
  }
  const query = parseQuery(cursor);
  cursor.expectSymbol(')');
  cursor.take('AS');
  const alias = cursor.name();
  return { node: 'derived', query, alias, columns: cursor.atSymbol('(') ? cursor.group(() => cursor.name()) : [] };
}

function parseAlias(cursor: Cursor): string | undefined {
  if (cursor.take('AS')) return cursor.name();
  return cursor.isName() ? cursor.name() : undefined;
}

/** One or two parts. Azure SQL refuses names with a database in front as well. */
export function parseObjectName(cursor: Cursor): ObjectName {
  const line = cursor.line;
  const first = cursor.name();
  if (!cursor.takeSymbol('.')) return { schema: undefined, name: first, line };
  const second = cursor.name();
  if (cursor.atSymbol('.')) throw outside('A three-part name', line);
  return { schema: first, name: second, line };
}

/** https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql */
function parseOpenJson(cursor: Cursor): OpenJson {
  cursor.expect('OPENJSON');
  cursor.expectSymbol('(');
  const json = parseExpression(cursor);
  const path = cursor.takeSymbol(',') ? cursor.string() : undefined;
  cursor.expectSymbol(')');
  const columns = cursor.take('WITH') ? cursor.group(() => parseJsonColumn(cursor)) : undefined;
  return { node: 'openjson', json, path, columns, alias: parseAlias(cursor) };
}

function parseJsonColumn(cursor: Cursor): JsonColumn {
  const name = cursor.name();
  const type = parseType(cursor);
  if (cursor.at('COLLATE')) throw outside('COLLATE inside OPENJSON … WITH', cursor.line);
  const path = cursor.current.kind === 'string' ? cursor.string() : undefined;
  return { name, type, path, asJson: cursor.take('AS', 'JSON') };
}
