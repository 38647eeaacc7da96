import { outside } from '../../engine/error.ts';
import type { Statement } from '../node/statement.ts';
import { parseElements } from './create-table.ts';
import type { Cursor } from './cursor.ts';
import { parseObjectName } from './from.ts';
import { parseAlterPolicy } from './security.ts';

export function parseAlter(cursor: Cursor): Statement {
  const line = cursor.line;
  cursor.expect('ALTER');
  if (cursor.take('SECURITY', 'POLICY')) return parseAlterPolicy(cursor, line);
  if (!cursor.at('TABLE')) throw outside(`ALTER ${cursor.current.upper}`, line);
  cursor.expect('TABLE');
  const table = parseObjectName(cursor);
  if (cursor.take('WITH', 'CHECK', 'ADD') || cursor.take('ADD')) {
    const { columns, constraints, indexes } = parseElements(cursor);
    if (indexes.length > 0) throw outside('ALTER TABLE … ADD INDEX', line);
    return { node: 'alter table', line, table, change: { change: 'add', columns, constraints } };
  }
  if (cursor.take('DROP')) {
    const isColumn = cursor.take('COLUMN');
    if (!isColumn) cursor.take('CONSTRAINT');
    const ifExists = cursor.take('IF', 'EXISTS');
    const names = cursor.list(() => cursor.name());
    return { node: 'alter table', line, table, change: isColumn ? { change: 'drop column', columns: names, ifExists } : { change: 'drop constraint', names, ifExists } };
  }
  throw outside(`ALTER TABLE … ${cursor.current.upper}`, line);
}
