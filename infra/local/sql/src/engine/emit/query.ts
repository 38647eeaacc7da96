import type { CommonTable, NamedTable, Query, QueryBody, Select, SelectItem } from '../../tsql/node/query.ts';
import type { Expression } from '../../tsql/node/expression.ts';
import { common, isString, MAX, type as types, type SqlType } from '../../value/sql-type.ts';
import { outside, TsqlError } from '../error.ts';
import { quote } from '../catalog.ts';
import { coerce, type Typed } from './coerce.ts';
import type { Emitter } from './emitter.ts';
import { emitCondition, emitOrderBy, emitValue, groupKey, sortKey } from './expression.ts';
import { emitFrom } from './from.ts';
import { checkGrouping, holdsAggregate } from './grouping.ts';
import { Scope, type VisibleColumn } from './scope.ts';

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** What the column is called in the SQLite text. */
  readonly storage: string;
}

export interface EmittedQuery { readonly sql: string; readonly columns: readonly OutputColumn[] }

export interface QueryOptions {
  /** The select list does not matter. */
  readonly exists?: boolean | undefined;
  /** Types the columns are brought to, as for INSERT. */
  readonly targets?: readonly SqlType[] | undefined;
  /** Rows of the result are rows of the tables: what a lock hint asks for can be told row by row. */
  readonly keepsRows?: boolean | undefined;
  /** Further SQLite expressions at the end of each row: defaults, identity, rowversion. */
  readonly extras?: readonly string[] | undefined;
}

export function emitQuery(query: Query, outer: Scope | undefined, emitter: Emitter, options: QueryOptions = {}): EmittedQuery {
  const shadowed = new Map(emitter.ctes);
  const ctes = query.ctes.length > 0 ? `${emitCommonTables(query.ctes, outer, emitter)} ` : '';
  const emitted = emitWhole(query, outer, emitter, options);
  emitter.ctes.clear();
  for (const [name, cte] of shadowed) emitter.ctes.set(name, cte);
  return { ...emitted, sql: ctes + emitted.sql };
}

export function emitCommonTables(ctes: readonly CommonTable[], outer: Scope | undefined, emitter: Emitter): string {
  const texts = ctes.map((definition) => {
    const name = definition.name.toLowerCase();
    if (!emitter.catalog.find({ schema: undefined, name }) && namesTable(definition.query, name)) throw outside('A recursive common table expression');
    const { sql, columns } = emitQuery(definition.query, outer, emitter);
    const names = definition.columns.length > 0 ? definition.columns : columns.map((column) => column.name);
    emitter.ctes.set(name, { columns: columns.map((column, i) => ({ ...column, name: names[i] ?? column.name, sql: quote(column.storage) })), definition });
    return `${quote(name)} AS (${sql})`;
  });
  return `WITH ${texts.join(', ')}`;
}

function namesTable(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => namesTable(each, name));
  if ('node' in value && value.node === 'table' && (value as NamedTable).name.name.toLowerCase() === name) return true;
  return Object.values(value).some((each) => namesTable(each, name));
}

function emitWhole(query: Query, outer: Scope | undefined, emitter: Emitter, options: QueryOptions): EmittedQuery {
  const { body } = query;
  if (query.orderBy.length > 0 && query.offset === undefined && body.node === 'select' && body.top === undefined && options.exists) return emitSelect(body, { ...query, orderBy: [] }, outer, emitter, options);
  if (body.node === 'select') return emitSelect(body, query, outer, emitter, options);
  const { sql, columns } = emitBody(body, outer, emitter, options);
  const scope = new Scope();
  scope.sources.push({ alias: '', columns: columns.map((column) => ({ ...column, sql: quote(column.storage) })) });
  if (query.orderBy.length === 0) return { sql, columns };
  const orders = query.orderBy.map(({ expression, descending }) => `${sortKey(orderable(expression, columns, scope, emitter))}${descending ? ' DESC' : ''}`);
  return { sql: `SELECT * FROM (${sql}) ORDER BY ${orders.join(', ')}${limit(query, undefined, outer, emitter)}`, columns };
}

function emitBody(body: QueryBody, outer: Scope | undefined, emitter: Emitter, options: QueryOptions): EmittedQuery {
  if (body.node === 'select') return emitSelect(body, undefined, outer, emitter, { ...options, keepsRows: false });
  const left = emitBody(body.left, outer, emitter, options);
  const right = emitBody(body.right, outer, emitter, options);
  if (left.columns.length !== right.columns.length) throw new TsqlError(205, 'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.', { effect: 'batch' });
  const unified = left.columns.map((column, i) => ({ ...column, type: common(column.type, right.columns[i]?.type ?? column.type) }));
  const fits = ({ columns }: EmittedQuery) => columns.every(({ type }, i) => type.kind === unified[i]?.type.kind && type.scale === unified[i].type.scale);
  const side = (emitted: EmittedQuery) => (fits(emitted) ? emitted.sql
    : `SELECT ${emitted.columns.map((column, i) => `${coerce({ sql: quote(column.storage), type: column.type }, unified[i]?.type ?? column.type)} AS ${quote(unified[i]?.storage ?? column.storage)}`).join(', ')} FROM (${emitted.sql})`);
  return { sql: `SELECT * FROM (${side(left)}) ${body.operator} SELECT * FROM (${side(right)})`, columns: unified };
}

function emitSelect(select: Select, query: Query | undefined, outer: Scope | undefined, emitter: Emitter, options: QueryOptions): EmittedQuery {
  const scope = new Scope(outer);
  const from = select.from ? emitFrom(select.from, scope, emitter) : undefined;
  const list = options.exists ? [] : emitItems(select.items, scope, emitter);
  const columns = list.map(({ column }) => column);
  const targets = options.targets;
  if (targets && targets.length !== list.length) throw columnCount(list.length, targets.length);
  const values = list.map(({ typed, column }, i) => `${targets?.[i] ? coerce(typed, targets[i]) : typed.sql} AS ${quote(column.storage)}`);
  const texts = options.exists ? ['1'] : values;
  const conditions = [...(from?.conditions ?? []), ...(select.where ? [emitCondition(select.where, scope, emitter)] : [])];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const group = select.groupBy.length > 0 ? ` GROUP BY ${select.groupBy.map((expression) => groupKey(emitValue(expression, scope, emitter))).join(', ')}` : '';
  const having = select.having ? ` HAVING ${emitCondition(select.having, scope, emitter)}` : '';
  const order = query && query.orderBy.length > 0
    ? ` ORDER BY ${query.orderBy.map(({ expression, descending }) => `${sortKey(orderableBy(expression, list, scope, emitter))}${descending ? ' DESC' : ''}`).join(', ')}`
    : '';
  if (select.distinct && query) {
    const selected = new Set(list.flatMap(({ typed, column }) => [typed.sql, quote(column.storage)]));
    for (const { expression } of query.orderBy) {
      if (!selected.has(orderableBy(expression, list, scope, emitter).sql)) throw new TsqlError(145, 'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.', { severity: 15, effect: 'batch' });
    }
  }
  const rowIds = emitLocks(select, scope, list.length, emitter, options);
  const bounded = limit(query, select.top, outer, emitter);
  checkGrouping(select, query?.orderBy.map(({ expression }) => expression).filter(({ node }) => node !== 'literal') ?? [], scope, (expression) => emitValue(expression, scope, emitter).sql);
  const extras = [...(options.extras ?? []), ...rowIds];
  const tail = `${from ? ` FROM ${from.sql}` : ''}${where}${group}${having}${order}${bounded}`;
  if (extras.length === 0) return { sql: `SELECT ${select.distinct ? 'DISTINCT ' : ''}${texts.join(', ')}${tail}`, columns };
  if (!select.distinct && group === '') return { sql: `SELECT ${[...texts, ...extras].join(', ')}${tail}`, columns };
  return { sql: `SELECT *, ${extras.join(', ')} FROM (SELECT ${select.distinct ? 'DISTINCT ' : ''}${texts.join(', ')}${tail})`, columns };
}

/** Lock hints: of the rows that come out where that can be told, of the whole table otherwise. @returns what reads the identities of those rows */
function emitLocks(select: Select, scope: Scope, width: number, emitter: Emitter, { keepsRows = false }: QueryOptions): readonly string[] {
  const isPlain = keepsRows && !select.distinct && select.groupBy.length === 0 && !select.having && !holdsAggregate(select.items);
  const rowIds: string[] = [];
  for (const { wish, table, rowid } of scope.sources) {
    if (!wish || table === undefined || rowid === undefined) continue;
    const isByRow = isPlain && !wish.isWhole;
    if (!isByRow && wish.skips) throw outside('READPAST in a query whose rows are not rows of its tables');
    emitter.locks.push({ table, mode: wish.mode, nowait: wish.nowait, at: isByRow ? width + rowIds.length : undefined });
    if (isByRow) rowIds.push(rowid);
  }
  return rowIds;
}

export const columnCount = (given: number, wanted: number) =>
  given > wanted
    ? new TsqlError(121, 'The select list for the INSERT statement contains more items than the insert list.', { severity: 15, effect: 'batch' })
    : new TsqlError(120, 'The select list for the INSERT statement contains fewer items than the insert list.', { severity: 15, effect: 'batch' });

function limit(query: Query | undefined, top: Expression | undefined, outer: Scope | undefined, emitter: Emitter): string {
  const count = (expression: Expression) => coerce(emitValue(expression, outer ?? new Scope(), emitter), types.bigint);
  if (top && query?.offset) throw new TsqlError(10741, 'A TOP can not be used in the same query or sub-query as a OFFSET.', { severity: 15, state: 2, effect: 'batch' });
  if (top) return ` LIMIT ${top.node === 'literal' ? count(top) : `ts_row_count(${count(top)})`}`;
  if (!query?.offset) return '';
  return ` LIMIT ${query.fetch ? count(query.fetch) : '-1'} OFFSET ${count(query.offset)}`;
}

export interface EmittedItem { readonly typed: Typed; readonly column: OutputColumn; readonly expression: Expression | undefined }

/** The select list; names of the SQLite columns are made unique, so that an outer query can tell them apart. */
export function emitItems(items: readonly SelectItem[], scope: Scope, emitter: Emitter): readonly EmittedItem[] {
  const emitted: EmittedItem[] = [];
  const add = (typed: Typed, name: string, nullable: boolean, expression: Expression | undefined) => {
    const type = typed.type.kind === 'null' ? types.int : typed.type;
    emitted.push({ typed: { ...typed, type }, column: { name, type: widest(type), nullable, storage: `c${emitted.length}` }, expression });
  };
  for (const item of items) {
    if (item.item === 'assignment') throw outside('A SELECT that both assigns variables and returns rows');
    if (item.item === 'expression') {
      const typed = emitValue(item.expression, scope, emitter);
      const name = item.alias ?? (item.expression.node === 'column' ? item.expression.name : '');
      const declared = item.expression.node === 'column' && item.alias === undefined ? (typed as Partial<VisibleColumn>).name ?? name : name;
      add(typed, declared, typed.nullable ?? true, item.expression);
      continue;
    }
    const wanted = item.qualifier?.toLowerCase();
    const sources = scope.sources.filter(({ alias }) => wanted === undefined || alias === wanted);
    if (sources.length === 0) throw new TsqlError(107, `The column prefix '${item.qualifier ?? '*'}' does not match with a table name or alias name used in the query.`, { severity: 15, effect: 'batch' });
    for (const source of sources) for (const column of source.columns) add(column, column.name, column.nullable, { node: 'column', qualifier: source.alias || undefined, name: column.name });
  }
  return emitted;
}

/** Text that outgrows the sizes a row can hold goes out as (MAX). */
const widest = (type: SqlType): SqlType => (isString(type) && type.length > (type.kind.startsWith('n') ? 4000 : 8000) ? { ...type, length: MAX } : type);

function orderable(expression: Expression, columns: readonly OutputColumn[], scope: Scope, emitter: Emitter): Typed {
  if (expression.node === 'literal' && expression.of === 'integer') {
    const column = columns[Number(expression.text) - 1];
    if (!column) throw new TsqlError(108, `The ORDER BY position number ${expression.text} is out of range of the number of items in the select list.`, { effect: 'batch' });
    return { sql: quote(column.storage), type: column.type };
  }
  return emitValue(expression, scope, emitter);
}

/** ORDER BY may name an item of the select list by position or alias, before the columns of FROM. */
function orderableBy(expression: Expression, list: readonly EmittedItem[], scope: Scope, emitter: Emitter): Typed {
  if (expression.node === 'literal' && expression.of === 'integer') {
    const item = list[Number(expression.text) - 1];
    if (!item) throw new TsqlError(108, `The ORDER BY position number ${expression.text} is out of range of the number of items in the select list.`, { effect: 'batch' });
    return { sql: quote(item.column.storage), type: item.typed.type };
  }
  if (expression.node === 'column' && expression.qualifier === undefined) {
    const wanted = expression.name.toLowerCase();
    const item = list.find(({ column }) => column.name.toLowerCase() === wanted);
    // A plain column is ordered by as it stands, so that SQLite can use its index.
    if (item) return item.expression?.node === 'column' ? item.typed : { sql: quote(item.column.storage), type: item.typed.type };
  }
  return emitValue(expression, scope, emitter);
}

export { emitOrderBy };
