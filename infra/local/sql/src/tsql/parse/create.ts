import { outside } from '../../engine/error.ts';
import type { CreateIndex } from '../node/definition.ts';
import type { Statement } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseCreateTable, parseKeyParts, skipIndexOptions } from './create-table.ts';
import { parseExpression } from './expression.ts';
import { parseObjectName } from './from.ts';
import { parseCreateFunction, parseCreatePolicy } from './security.ts';
import { parseCreateUser } from './user.ts';

export function parseCreate(cursor: Cursor): Statement {
  const line = cursor.line;
  cursor.expect('CREATE');
  if (cursor.take('TABLE')) return parseCreateTable(cursor, line);
  if (cursor.at('FUNCTION')) return parseCreateFunction(cursor, line);
  if (cursor.take('SECURITY', 'POLICY')) return parseCreatePolicy(cursor, line);
  if (cursor.take('SCHEMA')) {
    const name = cursor.name();
    if (cursor.take('AUTHORIZATION')) cursor.name();
    return { node: 'create schema', line, name };
  }
  if (cursor.take('USER')) return parseCreateUser(cursor, line);
  const unique = cursor.take('UNIQUE');
  if (!cursor.take('CLUSTERED')) cursor.take('NONCLUSTERED');
  if (cursor.take('INDEX')) return parseCreateIndex(cursor, line, unique);
  throw outside(`CREATE ${cursor.current.upper}`, line);
}

function parseCreateIndex(cursor: Cursor, line: number, unique: boolean): CreateIndex {
  const name = cursor.name();
  cursor.expect('ON');
  const table = parseObjectName(cursor);
  const columns = parseKeyParts(cursor);
  // Included columns make a covering index in the server; a result never depends on them.
  if (cursor.take('INCLUDE')) cursor.group(() => cursor.name());
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  skipIndexOptions(cursor);
  return { node: 'create index', line, name, unique, table, columns, where };
}
