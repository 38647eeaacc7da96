import type { Expression } from '../../tsql/node/expression.ts';
import type { CommonTable, SelectItem, TableSource } from '../../tsql/node/query.ts';
import type { Update } from '../../tsql/node/statement.ts';
import { type as types } from '../../value/sql-type.ts';
import { quote, type Column, type Table } from '../catalog.ts';
import { outside, TsqlError, unknownColumn } from '../error.ts';
import { coerce } from './coerce.ts';
import type { Emitter } from './emitter.ts';
import { emitCondition, emitOrderBy, emitValue } from './expression.ts';
import { tableSource } from './from.ts';
import { emitCommonTables, emitItems } from './query.ts';
import { Scope } from './scope.ts';
import { emitWithTarget, findTarget, type Target } from './target.ts';
import { emitReturning, type Write } from './write.ts';

/**
 * Three forms. A plain UPDATE stays one. With FROM or TOP, the rows and their new values are found by a subquery, which
 * `LIMIT -1` keeps SQLite from flattening into a worse join order. With `deleted` in OUTPUT the engine reads first and writes after.
 */
export function emitUpdate(update: Update, emitter: Emitter): Write {
  const through = update.from ? undefined : update.ctes.find(({ name }) => name.toLowerCase() === update.target.name.toLowerCase());
  if (through) return emitUpdate(throughCommonTable(update, through), emitter);
  const ctes = update.ctes.length > 0 ? `${emitCommonTables(update.ctes, undefined, emitter)} ` : '';
  const target = findTarget(update.target, update.from, emitter);
  const { table } = target;
  emitter.target = table.storage;
  if (readsMoreThanInserted(update.output)) return emitTwoPhase(update, target, ctes, emitter);
  const isPlain = !update.from && !update.top;
  const scope = new Scope();
  const from = emitSources(update, target, scope, emitter);
  const assignments = emitAssignments(update, table, scope, emitter);
  const conditions = [...from.conditions, ...(update.where ? [emitCondition(update.where, scope, emitter)] : [])];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const storage = quote(table.storage);
  if (isPlain) {
    const returning = emitReturning(update.output, { inserted: table }, emitter);
    const set = assignments.map(({ column, sql }) => `${quote(column)} = ${sql}`).join(', ');
    return { sql: `${ctes}UPDATE ${storage} AS ${quote(target.alias)} SET ${set}${where}${returning.sql}`, binds: emitter.binds, columns: returning.columns, table: table.storage };
  }
  const limit = update.top ? coerce(emitValue(update.top, new Scope(), emitter), types.bigint) : '-1';
  const returning = emitReturning(update.output, { inserted: table }, emitter);
  const set = assignments.map(({ column }, i) => `${quote(column)} = "$u".v${i}`).join(', ');
  const values = assignments.map(({ sql }, i) => `${sql} AS v${i}`).join(', ');
  const found = `SELECT ${quote(target.alias)}.rowid AS id, ${values} FROM ${from.sql}${where}${emitOrder(update, scope, emitter)} LIMIT ${limit}`;
  return { sql: `${ctes}UPDATE ${storage} SET ${set} FROM (${found}) AS "$u" WHERE ${storage}.rowid = "$u".id${returning.sql}`, binds: emitter.binds, columns: returning.columns, table: table.storage };
}

/** `WITH next AS (SELECT TOP (n) … FROM t … ORDER BY …) UPDATE next SET …`: the claim of a queue. The CTE becomes the FROM of an update of t. */
function throughCommonTable(update: Update, through: CommonTable): Update {
  const { body, orderBy } = through.query;
  if (body.node !== 'select' || body.from?.node !== 'table' || body.groupBy.length > 0 || body.distinct || through.query.offset || update.top) throw outside('An UPDATE through a common table expression that is more than SELECT TOP … FROM one table');
  return {
    ...update,
    ctes: update.ctes.filter((cte) => cte !== through),
    target: body.from.name,
    top: body.top,
    from: body.from,
    where: both(body.where, update.where),
    orderBy,
  };
}

const both = (a: Expression | undefined, b: Expression | undefined): Expression | undefined => (a && b ? { node: 'logic', operator: 'AND', left: a, right: b } : a ?? b);

function emitSources({ from, hints }: Update, target: Target, scope: Scope, emitter: Emitter) {
  const own: TableSource = { node: 'table', name: { schema: target.table.schema, name: target.table.name, line: 1 }, alias: target.alias, hints };
  return emitWithTarget(own, target, from, scope, emitter);
}

function emitAssignments(update: Update, table: Table, scope: Scope, emitter: Emitter): readonly { column: string; sql: string }[] {
  const target = new Scope(scope);
  const assigned = update.assignments.map(({ column: name, expression }) => {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!column) throw unknownColumn(name);
    if (column.identity) throw new TsqlError(8102, `Cannot update identity column '${column.name}'.`, { effect: 'batch' });
    if (column.type.kind === 'rowversion') throw new TsqlError(272, 'Cannot update a timestamp column.', { effect: 'batch' });
    return { column: column.name.toLowerCase(), sql: coerce(valueOf(expression, column, target, emitter), column.type) };
  });
  const versions = table.columns.filter(({ type }) => type.kind === 'rowversion').map(({ name }) => ({ column: name.toLowerCase(), sql: 'ts_rowversion()' }));
  return [...assigned, ...versions];
}

function valueOf(expression: Expression, column: Column, scope: Scope, emitter: Emitter) {
  if (expression.node !== 'default') return emitValue(expression, scope, emitter);
  return column.default ? emitValue(column.default.expression, new Scope(), emitter) : { sql: 'NULL', type: types.null };
}

/** Does OUTPUT name anything but `inserted`? */
function readsMoreThanInserted(output: readonly SelectItem[]): boolean {
  const isInserted = (qualifier: string | undefined) => qualifier === undefined || qualifier.toLowerCase() === 'inserted';
  const visit = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.some(visit);
    if ('node' in value && value.node === 'column' && 'qualifier' in value) return !isInserted(value.qualifier as string | undefined);
    return Object.values(value).some(visit);
  };
  return output.some((item) => (item.item === 'star' ? !isInserted(item.qualifier) : visit(item.expression)));
}

function emitTwoPhase(update: Update, target: Target, ctes: string, emitter: Emitter): Write {
  const { table } = target;
  const scope = new Scope();
  const from = emitSources(update, target, scope, emitter);
  const assignments = emitAssignments(update, table, scope, emitter);
  const conditions = [...from.conditions, ...(update.where ? [emitCondition(update.where, scope, emitter)] : [])];
  // OUTPUT sees the old row as `deleted`, the other tables of FROM as they are, and the new row as `inserted`.
  const outputScope = new Scope();
  outputScope.sources.push({ ...tableSource(table, 'deleted', `${quote(target.alias)}.`) }, ...scope.sources.filter(({ alias }) => alias !== target.alias));
  const insertedScope = new Scope();
  insertedScope.sources.push(tableSource(table, 'inserted', ''));
  const before: string[] = [];
  const after: string[] = [];
  const items = update.output.map((item) => {
    const isInserted = item.item === 'star' ? item.qualifier?.toLowerCase() === 'inserted' : !readsMoreThanInserted([item]);
    return { isInserted, emitted: emitItems([item], isInserted ? insertedScope : outputScope, emitter) };
  });
  const columns = items.flatMap(({ emitted }) => emitted.map(({ column }) => column)).map((column, i) => ({ ...column, storage: `c${i}` }));
  const output = items.flatMap(({ isInserted, emitted }) => emitted.map(({ typed }) => {
    const list = isInserted ? after : before;
    list.push(typed.sql);
    return { from: isInserted ? ('after' as const) : ('before' as const), at: list.length - 1 };
  }));
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const order = emitOrder(update, scope, emitter);
  const limit = update.top ? ` LIMIT ${coerce(emitValue(update.top, new Scope(), emitter), types.bigint)}` : '';
  const values = assignments.map(({ sql }, i) => `${sql} AS v${i}`);
  const read = `${ctes}SELECT ${[`${quote(target.alias)}.rowid AS id`, ...values, ...before].join(', ')} FROM ${from.sql}${where}${order}${limit}`;
  const set = assignments.map(({ column }, i) => `${quote(column)} = ?${i + 1}`).join(', ');
  const write = `UPDATE ${quote(table.storage)} SET ${set} WHERE rowid = ?${assignments.length + 1} RETURNING ${after.length > 0 ? after.join(', ') : '1'}`;
  return { sql: read, binds: emitter.binds, columns, table: table.storage, twoPhase: { read, write, assigned: assignments.length, output } };
}

const emitOrder = ({ orderBy }: Update, scope: Scope, emitter: Emitter) => (orderBy.length > 0 ? ` ORDER BY ${emitOrderBy(orderBy, scope, emitter)}` : '');
