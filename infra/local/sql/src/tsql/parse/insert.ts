import { outside } from '../../engine/error.ts';
import type { CommonTable } from '../node/query.ts';
import type { Insert } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseObjectName } from './from.ts';
import { parseHints } from './hints.ts';
import { parseOutput } from './output.ts';
import { parseQuery, parseQueryAfterWith } from './query.ts';

/** `INSERT [INTO] t (…) [OUTPUT …] VALUES … | SELECT … | DEFAULT VALUES` */
export function parseInsert(cursor: Cursor, ctes: readonly CommonTable[]): Insert {
  const line = cursor.line;
  cursor.expect('INSERT');
  if (cursor.at('TOP')) throw outside('INSERT TOP', line);
  cursor.take('INTO');
  if (cursor.current.kind === 'variable') throw outside('A table variable', line);
  const table = parseObjectName(cursor);
  if (parseHints(cursor).skips) throw outside('READPAST on the table of an INSERT', line);
  const columns = cursor.atSymbol('(') ? cursor.group(() => cursor.name()) : undefined;
  const output = parseOutput(cursor);
  const common = { node: 'insert', line, ctes, table, columns, output } as const;
  if (cursor.take('DEFAULT', 'VALUES')) return { ...common, source: { from: 'defaults' } };
  if (cursor.take('VALUES')) return { ...common, source: { from: 'values', rows: cursor.list(() => cursor.group(() => parseExpression(cursor))) } };
  if (cursor.at('EXEC', 'EXECUTE')) throw outside('INSERT … EXEC', line);
  return { ...common, source: { from: 'query', query: ctes.length > 0 ? parseQueryAfterWith(cursor, ctes) : parseQuery(cursor) } };
}
