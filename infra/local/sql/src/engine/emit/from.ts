import type { Join, NamedTable, OpenJson, TableSource } from '../../tsql/node/query.ts';
import type { Expression } from '../../tsql/node/expression.ts';
import { common, isBinary, isString, MAX, type as types, type SqlType } from '../../value/sql-type.ts';
import { typesToJson } from '../../value/type-json.ts';
import { literal, quote, type Table } from '../catalog.ts';
import { outside, TsqlError, unknownObject } from '../error.ts';
import { parsePath } from '../function/json-path.ts';
import type { JsonSchema } from '../function/open-json.ts';
import { coerce } from './coerce.ts';
import type { Emitter } from './emitter.ts';
import { emitCondition, emitValue } from './expression.ts';
import { emitPredicate } from './predicate.ts';
import { emitQuery } from './query.ts';
import { Scope, type Source, type VisibleColumn } from './scope.ts';
import { systemView } from './system-view.ts';

export interface EmittedFrom {
  readonly sql: string;
  /** Join conditions that belong in WHERE. */
  readonly conditions: readonly string[];
}

/** `conditions` hide rows of a stored table, whatever the statement asks. */
interface Piece { readonly sql: string; readonly source: Source; readonly isConstantJson: boolean; readonly conditions?: readonly string[] }

/**
 * Inner joins are flattened; lists opened from a parameter come first and drive the join (`CROSS JOIN` keeps SQLite from
 * reordering them), so that a statement costs by the length of its list, not by the size of the table.
 */
export function emitFrom(source: TableSource, scope: Scope, emitter: Emitter): EmittedFrom {
  const flat = flatten(source);
  if (!flat) return { sql: emitNested(source, scope, emitter), conditions: [] };
  const pieces = flat.sources.map((leaf) => {
    const piece = emitLeaf(leaf, scope, emitter);
    scope.sources.push(piece.source);
    return piece;
  });
  const conditions = [...pieces.flatMap((piece) => piece.conditions ?? []), ...flat.conditions.map((condition) => emitCondition(condition, scope, emitter))];
  const lists = pieces.filter((piece) => piece.isConstantJson);
  const others = pieces.filter((piece) => !piece.isConstantJson);
  const text = lists.length > 0 && others.length > 0
    ? `${lists.map(({ sql }) => sql).join(' CROSS JOIN ')} CROSS JOIN ${others.map(({ sql }) => sql).join(' JOIN ')}`
    : pieces.map(({ sql }) => sql).join(' JOIN ');
  return { sql: text, conditions };
}

/** The leaves of a tree that has inner and cross joins only; undefined when it has others. */
function flatten(source: TableSource): { sources: TableSource[]; conditions: Expression[] } | undefined {
  if (source.node !== 'join') return { sources: [source], conditions: [] };
  if (source.kind !== 'inner' && source.kind !== 'cross' && source.kind !== 'cross apply') return undefined;
  const left = flatten(source.left);
  const right = flatten(source.right);
  if (!left || !right) return undefined;
  return { sources: [...left.sources, ...right.sources], conditions: [...left.conditions, ...right.conditions, ...(source.on ? [source.on] : [])] };
}

/** Outer joins keep the order they are written in. */
function emitNested(source: TableSource, scope: Scope, emitter: Emitter): string {
  if (source.node !== 'join') {
    const { sql, source: visible, conditions = [] } = emitLeaf(source, scope, emitter);
    scope.sources.push(visible);
    // What hides a row does so before the join, or an outer join would bring the row back as NULLs or lose its partner.
    return conditions.length === 0 ? sql : `(SELECT rowid, * FROM ${sql} WHERE ${conditions.join(' AND ')}) AS ${quote(visible.alias)}`;
  }
  const left = emitNested(source.left, scope, emitter);
  const before = scope.sources.length;
  const right = source.right.node === 'join' ? `(${emitNested(source.right, scope, emitter)})` : emitNested(source.right, scope, emitter);
  if (source.kind === 'left' || source.kind === 'outer apply' || source.kind === 'full') makeNullable(scope, before, scope.sources.length);
  if (source.kind === 'right' || source.kind === 'full') makeNullable(scope, 0, before);
  const on = source.on ? ` ON ${emitCondition(source.on, scope, emitter)}` : source.kind === 'outer apply' ? ' ON true' : '';
  return `${left} ${joinWords[source.kind]} ${right}${on}`;
}

const joinWords: Readonly<Record<Join['kind'], string>> = { inner: 'JOIN', cross: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN', 'cross apply': 'JOIN', 'outer apply': 'LEFT JOIN' };

function makeNullable(scope: Scope, from: number, to: number): void {
  for (let i = from; i < to; i += 1) {
    const source = scope.sources[i];
    if (source) scope.sources[i] = { ...source, columns: source.columns.map((column) => ({ ...column, nullable: true })) };
  }
}

function emitLeaf(source: TableSource, scope: Scope, emitter: Emitter): Piece {
  switch (source.node) {
    case 'table': return emitTable(source, emitter);
    case 'openjson': return emitOpenJson(source, scope, emitter);
    case 'derived': {
      const { sql, columns } = emitQuery(source.query, scope.outer, emitter);
      const alias = source.alias.toLowerCase();
      if (source.columns.length > 0 && source.columns.length !== columns.length) throw new TsqlError(8158, `'${source.alias}' has more columns than were specified in the column list.`, { effect: 'batch' });
      const visible = columns.map((column, i) => ({ ...column, name: source.columns[i] ?? column.name, sql: `${quote(alias)}.${quote(column.storage)}` }));
      return { sql: `(${sql}) AS ${quote(alias)}`, source: { alias, columns: visible }, isConstantJson: false };
    }
    case 'values': {
      const rows = source.rows.map((row) => row.map((expression) => emitValue(expression, scope, emitter)));
      const columnTypes = source.columns.map((_, i) => rows.map((row) => row[i]?.type ?? types.null).reduce(common));
      const alias = source.alias.toLowerCase();
      const texts = rows.map((row) => {
        if (row.length !== source.columns.length) throw new TsqlError(10709, 'The number of columns for each row in a table value constructor must be the same.', { effect: 'batch' });
        return `(${row.map((value, i) => coerce(value, columnTypes[i] ?? value.type)).join(', ')})`;
      });
      const columns = source.columns.map((name, i): VisibleColumn => ({ name, sql: `${quote(alias)}.column${i + 1}`, type: columnTypes[i] ?? types.int, nullable: true }));
      return { sql: `(VALUES ${texts.join(', ')}) AS ${quote(alias)}`, source: { alias, columns }, isConstantJson: false };
    }
    case 'join': throw outside('A join in parentheses on the left of an inner join');
    default: return source satisfies never;
  }
}

function emitTable(named: NamedTable, emitter: Emitter): Piece {
  const { name, hints } = named;
  const alias = (named.alias ?? name.name).toLowerCase();
  const cte = name.schema === undefined ? emitter.ctes.get(name.name.toLowerCase()) : undefined;
  const isHinted = hints.mode !== undefined || hints.skips;
  if (cte) {
    if (isHinted) throw outside('A lock hint on a common table expression', name.line);
    const columns = cte.columns.map((column) => ({ ...column, sql: `${quote(alias)}.${column.sql}` }));
    return { sql: `${quote(name.name.toLowerCase())} AS ${quote(alias)}`, source: { alias, columns }, isConstantJson: false };
  }
  const schema = name.schema?.toLowerCase();
  if (schema === 'sys' || schema === 'information_schema') {
    const view = systemView(schema, name.name.toLowerCase(), emitter.catalog);
    const columns = view.columns.map((column) => ({ ...column, sql: `${quote(alias)}.${column.sql}` }));
    return { sql: `(${view.sql}) AS ${quote(alias)}`, source: { alias, columns }, isConstantJson: false };
  }
  const table = emitter.catalog.find(name);
  if (!table) throw unknownObject(name.schema ? `${name.schema}.${name.name}` : name.name);
  emitter.reads = true;
  const source = tableSource(table, alias);
  // What a statement writes it locks anyway.
  const mode = table.storage === emitter.target ? 'X' : hints.mode;
  if (hints.skips && mode === undefined) throw outside('READPAST without UPDLOCK or XLOCK: reading row versions meets no locks', name.line);
  return {
    sql: `${quote(table.storage)} AS ${quote(alias)}`,
    source: { ...source, wish: table.storage === emitter.target ? undefined : hints.mode && { ...hints, mode: hints.mode } },
    isConstantJson: false,
    conditions: [...emitter.catalog.filters(table.storage).map((filter) => emitPredicate(filter, table, `${quote(alias)}.`, emitter)), ...(hints.skips ? [`ts_is_free(${literal(table.storage)}, ${quote(alias)}.rowid, '${mode ?? 'U'}')`] : [])],
  };
}

export function tableSource(table: Table, alias: string, prefix = `${quote(alias)}.`): Source {
  const columns = table.columns.map((column): VisibleColumn => ({ name: column.name, sql: `${prefix}${quote(column.name.toLowerCase())}`, type: column.type, nullable: column.nullable }));
  return { alias, columns, rowid: `${prefix}rowid`, table: table.storage };
}

/** The columns of OPENJSON without WITH. */
const defaultColumns: readonly { readonly name: string; readonly type: SqlType }[] = [
  { name: 'key', type: { ...types.nvarchar(4000), collation: 'binary' } },
  { name: 'value', type: types.text },
  { name: 'type', type: types.tinyint },
];

/** Text out of JSON has the database's collation, so a binary column it meets needs COLLATE on one side (468). */
const collated = (type: SqlType): SqlType => (isString(type) && type.collation === undefined ? { ...type, collation: 'insensitive' } : type);

function emitOpenJson(source: OpenJson, scope: Scope, emitter: Emitter): Piece {
  const fields = source.columns?.map(({ name, type, path, asJson }) => {
    if (asJson && (type.kind !== 'nvarchar' || type.length !== MAX)) throw new TsqlError(13618, 'AS JSON option can be specified only for column of nvarchar(max) type in WITH clause.', { effect: 'batch' });
    if (isBinary(type)) throw outside(`The type ${type.kind} in OPENJSON … WITH`);
    return { name, type, path: parsePath(path ?? `$."${name}"`), asJson };
  });
  const schema: JsonSchema = { path: parsePath(source.path ?? '$'), fields };
  const alias = (source.alias ?? emitter.alias()).toLowerCase();
  const columns = (fields ?? defaultColumns).map(({ name, type }, i): VisibleColumn => ({ name, sql: `(${quote(alias)}.value ->> ${i})`, type: collated(type), nullable: true }));
  const { json } = source;
  const constant = json.node === 'variable' && !json.name.startsWith('@@') ? { slot: emitter.variables.find(json.name, json.line).slot } : json.node === 'literal' ? { text: json.of === 'null' ? null : json.text } : undefined;
  const argument = constant ? emitter.bind({ from: 'json', json: constant, schema }) : `ts_open_json(${coerce(emitValue(json, scope, emitter), types.text)}, ${literal(typesToJson(schema))})`;
  return { sql: `jsonb_each(${argument}) AS ${quote(alias)}`, source: { alias, columns }, isConstantJson: constant !== undefined };
}
