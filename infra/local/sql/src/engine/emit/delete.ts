import type { TableSource } from '../../tsql/node/query.ts';
import type { Delete } from '../../tsql/node/statement.ts';
import { type as types } from '../../value/sql-type.ts';
import { quote } from '../catalog.ts';
import { coerce } from './coerce.ts';
import type { Emitter } from './emitter.ts';
import { emitCondition, emitValue } from './expression.ts';
import { emitCommonTables } from './query.ts';
import { Scope } from './scope.ts';
import { emitWithTarget, findTarget } from './target.ts';
import { emitReturning, type Write } from './write.ts';

/** With FROM or TOP the rows are found by a subquery on rowid. */
export function emitDelete(statement: Delete, emitter: Emitter): Write {
  const ctes = statement.ctes.length > 0 ? `${emitCommonTables(statement.ctes, undefined, emitter)} ` : '';
  const target = findTarget(statement.target, statement.from, emitter);
  const { table } = target;
  const storage = quote(table.storage);
  emitter.target = table.storage;
  const scope = new Scope();
  const own: TableSource = { node: 'table', name: { schema: table.schema, name: table.name, line: 1 }, alias: target.alias, hints: statement.hints };
  const from = emitWithTarget(own, target, statement.from, scope, emitter);
  const conditions = [...from.conditions, ...(statement.where ? [emitCondition(statement.where, scope, emitter)] : [])];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  if (!statement.from && !statement.top) {
    const returning = emitReturning(statement.output, { deleted: table }, emitter);
    return { sql: `${ctes}DELETE FROM ${storage} AS ${quote(target.alias)}${where}${returning.sql}`, binds: emitter.binds, columns: returning.columns, table: table.storage };
  }
  const limit = statement.top ? ` LIMIT ${coerce(emitValue(statement.top, new Scope(), emitter), types.bigint)}` : '';
  const returning = emitReturning(statement.output, { deleted: table }, emitter);
  return { sql: `${ctes}DELETE FROM ${storage} WHERE rowid IN (SELECT ${quote(target.alias)}.rowid FROM ${from.sql}${where}${limit})${returning.sql}`, binds: emitter.binds, columns: returning.columns, table: table.storage };
}
