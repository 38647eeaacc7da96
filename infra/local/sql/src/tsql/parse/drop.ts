import { outside } from '../../engine/error.ts';
import type { Statement } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseObjectName } from './from.ts';
import { parseDropFunction, parseDropPolicy } from './security.ts';

export function parseDrop(cursor: Cursor): Statement {
  const line = cursor.line;
  cursor.expect('DROP');
  if (cursor.take('TABLE')) {
    const ifExists = cursor.take('IF', 'EXISTS');
    return { node: 'drop table', line, tables: cursor.list(() => parseObjectName(cursor)), ifExists };
  }
  if (cursor.take('FUNCTION')) return parseDropFunction(cursor, line);
  if (cursor.take('SECURITY', 'POLICY')) return parseDropPolicy(cursor, line);
  if (cursor.take('INDEX')) {
    const ifExists = cursor.take('IF', 'EXISTS');
    const name = cursor.name();
    cursor.expect('ON');
    return { node: 'drop index', line, name, table: parseObjectName(cursor), ifExists };
  }
  throw outside(`DROP ${cursor.current.upper}`, line);
}
