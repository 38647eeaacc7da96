import type { Expression } from '../../tsql/node/expression.ts';
import type { Insert } from '../../tsql/node/statement.ts';
import { type as types } from '../../value/sql-type.ts';
import { literal, quote, type Column, type Table } from '../catalog.ts';
import { TsqlError, unknownColumn, unknownObject } from '../error.ts';
import { coerce, type Typed } from './coerce.ts';
import type { Emitter } from './emitter.ts';
import { emitValue } from './expression.ts';
import { emitReturning, type Write } from './write.ts';
import { columnCount, emitCommonTables, emitQuery } from './query.ts';
import { Scope } from './scope.ts';

/** What is not listed is written too: defaults, identities and row versions are values of the statement, so RETURNING sees them. */
export function emitInsert(insert: Insert, emitter: Emitter): Write {
  const table = emitter.catalog.find(insert.table);
  if (!table) throw unknownObject(insert.table.name);
  const listed = (insert.columns ?? table.columns.filter(({ identity, type }) => !identity && type.kind !== 'rowversion').map(({ name }) => name)).map((name) => writable(table, name));
  const duplicates = new Set(listed);
  if (duplicates.size !== listed.length) throw new TsqlError(264, 'A column name is specified more than once in the SET clause or column list of an INSERT.', { effect: 'batch' });
  const rest = insert.source.from === 'defaults' ? table.columns : table.columns.filter((column) => !listed.includes(column));
  const implied = rest.flatMap((column) => {
    const value = impliedValue(table, column, emitter);
    return value === undefined ? [] : [{ column, value }];
  });
  const written = insert.source.from === 'defaults' ? implied.map(({ column }) => column) : [...listed, ...implied.map(({ column }) => column)];
  const extras = implied.map(({ value }) => value);
  const ctes = insert.source.from === 'query' ? '' : insert.ctes.length > 0 ? `${emitCommonTables(insert.ctes, undefined, emitter)} ` : '';
  const rows = emitRows(insert, listed, extras, emitter);
  const returning = emitReturning(insert.output, { inserted: table }, emitter);
  const names = written.length > 0 ? ` (${written.map(({ name }) => quote(name.toLowerCase())).join(', ')})` : '';
  return { sql: `${ctes}INSERT INTO ${quote(table.storage)}${names} ${rows}${returning.sql}`, binds: emitter.binds, columns: returning.columns, table: table.storage, isOneRow: insert.source.from === 'defaults' || insert.source.from === 'values' && insert.source.rows.length === 1 };
}

function writable(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (!column) throw unknownColumn(name);
  if (column.identity) throw new TsqlError(544, `Cannot insert explicit value for identity column in table '${table.name}' when IDENTITY_INSERT is set to OFF.`);
  if (column.type.kind === 'rowversion') throw new TsqlError(273, 'Cannot insert an explicit value into a timestamp column.', { effect: 'batch' });
  return column;
}

function impliedValue(table: Table, column: Column, emitter: Emitter): string | undefined {
  if (column.identity) return `ts_identity(${literal(table.storage)})`;
  if (column.type.kind === 'rowversion') return 'ts_rowversion()';
  return column.default ? coerce(emitValue(column.default.expression, new Scope(), emitter), column.type) : undefined;
}

function emitRows(insert: Insert, listed: readonly Column[], extras: readonly string[], emitter: Emitter): string {
  const { source } = insert;
  if (source.from === 'defaults') return extras.length > 0 ? `VALUES (${extras.join(', ')})` : 'DEFAULT VALUES';
  if (source.from === 'query') return emitQuery(source.query, undefined, emitter, { targets: listed.map(({ type }) => type), extras }).sql;
  const rows = source.rows.map((row) => {
    if (row.length !== listed.length) {
      if (!insert.columns) throw new TsqlError(213, 'Column name or number of supplied values does not match table definition.', { effect: 'batch' });
      throw source.rows.length === 1
        ? new TsqlError(row.length > listed.length ? 110 : 109, `There are ${row.length > listed.length ? 'fewer' : 'more'} columns in the INSERT statement than values specified in the VALUES clause.`, { severity: 15, effect: 'batch' })
        : columnCount(row.length, listed.length);
    }
    return `(${[...row.map((expression, i) => cell(expression, listed[i], emitter)), ...extras].join(', ')})`;
  });
  return `VALUES ${rows.join(', ')}`;
}

function cell(expression: Expression, column: Column | undefined, emitter: Emitter): string {
  if (!column) return 'NULL';
  const value: Typed = expression.node !== 'default' ? emitValue(expression, new Scope(), emitter)
    : column.default ? emitValue(column.default.expression, new Scope(), emitter)
    : { sql: 'NULL', type: types.null };
  return coerce(value, column.type);
}

