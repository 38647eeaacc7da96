import { type as types, typeName, type SqlType } from '../../value/sql-type.ts';
import { literal, type Catalog, type Table } from '../catalog.ts';
import { unknownObject } from '../error.ts';
import type { VisibleColumn } from './scope.ts';

type Cell = string | number | null;

const view = (columns: Readonly<Record<string, SqlType>>, rows: readonly (readonly Cell[])[]) => {
  const names = Object.keys(columns);
  const cell = (value: Cell) => (typeof value === 'string' ? literal(value) : String(value ?? 'NULL'));
  const body = rows.length > 0 ? `VALUES ${rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ')}` : `SELECT ${names.map(() => 'NULL').join(', ')} WHERE false`;
  const selected = names.map((name, i) => `column${i + 1} AS "${name}"`).join(', ');
  const empty = rows.length === 0 ? `SELECT ${names.map((name) => `NULL AS "${name}"`).join(', ')} WHERE false` : `SELECT ${selected} FROM (${body})`;
  const visible = Object.entries(columns).map(([name, type]): VisibleColumn => ({ name, sql: `"${name}"`, type, nullable: true }));
  return { sql: empty, columns: visible };
};

const schemaId = (catalog: Catalog, name: string) => catalog.state.schemas.findIndex((schema) => schema.toLowerCase() === name.toLowerCase()) + 5;
const indexesOf = (table: Table) => table.constraints.filter(({ kind }) => kind === 'primary key' || kind === 'unique' || kind === 'index');

/** The few catalog views migrations ask, answered from the catalog itself as a list of rows. */
export function systemView(schema: string, name: string, catalog: Catalog) {
  const { tables, functions, policies } = catalog;
  const objects = [...tables.map((each) => ({ ...each, type: 'U ' })), ...functions.map((each) => ({ ...each, type: 'IF' })), ...policies.map((each) => ({ ...each, type: 'SP' }))];
  switch (`${schema}.${name}`) {
    case 'sys.tables':
    case 'sys.objects':
      return view({ name: types.sysname, object_id: types.int, schema_id: types.int, type: types.char(2) }, (name === 'tables' ? objects.filter(({ type }) => type === 'U ') : objects).map((object) => [object.name, object.id, schemaId(catalog, object.schema), object.type]));
    case 'sys.security_policies':
      return view({ name: types.sysname, object_id: types.int, schema_id: types.int, is_enabled: types.bit, is_schema_bound: types.bit }, policies.map((policy) => [policy.name, policy.id, schemaId(catalog, policy.schema), policy.isOn ? 1 : 0, 1]));
    case 'sys.security_predicates':
      return view({ object_id: types.int, security_predicate_id: types.int, target_object_id: types.int, predicate_type_desc: types.nvarchar(60), operation_desc: types.nvarchar(60) },
        policies.flatMap((policy) => policy.predicates.map((predicate, i) => [policy.id, i + 1, catalog.get(predicate.table)?.id ?? null, predicate.kind.toUpperCase(), predicate.moment ?? null])));
    case 'sys.schemas':
      return view({ name: types.sysname, schema_id: types.int }, catalog.state.schemas.map((schemaName) => [schemaName, schemaId(catalog, schemaName)]));
    case 'sys.columns':
      return view({ object_id: types.int, name: types.sysname, column_id: types.int, is_nullable: types.bit, is_identity: types.bit, max_length: types.smallint },
        tables.flatMap((table) => table.columns.map((column, i) => [table.id, column.name, i + 1, column.nullable ? 1 : 0, column.identity ? 1 : 0, lengthOf(column.type)])));
    case 'sys.indexes':
      return view({ object_id: types.int, name: types.sysname, is_unique: types.bit, is_primary_key: types.bit },
        tables.flatMap((table) => indexesOf(table).map((index) => [table.id, index.name, index.unique ? 1 : 0, index.kind === 'primary key' ? 1 : 0])));
    case 'information_schema.tables':
      return view({ TABLE_SCHEMA: types.sysname, TABLE_NAME: types.sysname, TABLE_TYPE: types.varchar(10) }, tables.map((table) => [table.schema, table.name, 'BASE TABLE']));
    case 'information_schema.columns':
      return view({ TABLE_SCHEMA: types.sysname, TABLE_NAME: types.sysname, COLUMN_NAME: types.sysname, ORDINAL_POSITION: types.int, IS_NULLABLE: types.varchar(3), DATA_TYPE: types.sysname },
        tables.flatMap((table) => table.columns.map((column, i) => [table.schema, table.name, column.name, i + 1, column.nullable ? 'YES' : 'NO', typeName(column.type).replace(/\(.*/, '')])));
    default:
      throw unknownObject(`${schema}.${name}`);
  }
}

/** In bytes, as `sys.columns.max_length` and COL_LENGTH count; -1 for (MAX). */
export function lengthOf(type: SqlType): number {
  const sizes: Readonly<Record<string, number>> = { bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8, real: 4, float: 8, uniqueidentifier: 16, rowversion: 8, date: 3, datetime: 8, datetime2: 8, datetimeoffset: 10, decimal: 9 };
  const size = sizes[type.kind];
  if (size !== undefined) return size;
  if (!Number.isFinite(type.length)) return -1;
  return type.kind.startsWith('n') ? type.length * 2 : type.length;
}
