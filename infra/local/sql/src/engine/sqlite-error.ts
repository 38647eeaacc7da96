import { displayName, type Catalog, type Table } from './catalog.ts';
import { Blocked } from './session.ts';
import { invalidJson, isStackOverflow, numericConversion, overflow, tooComplex, tooDeep, truncated, TsqlError } from './error.ts';

/** https://www.sqlite.org/rescode.html */
const code = { check: 275, foreignKey: 787, notNull: 1299, primaryKey: 1555, unique: 2067, datatype: 3091, full: 13, triggerForeignKey: 1811 };

/** SQLite's refusal in SQL Server's words and number. What has no counterpart is a defect of the stand-in and says so. */
export function translate(error: unknown, catalog: Catalog, table: Table | undefined, verb: string): Error {
  if (error instanceof TsqlError || error instanceof Blocked) return error;
  if (isOutOfRange(error)) return overflow('bigint');
  // By shape, not by class: under Jest node:sqlite throws errors of another realm.
  const { errcode: number, message = String(error) } = error as { readonly errcode?: number; readonly message?: string };
  if (message.includes('Expression tree is too large') || message.includes('parser stack overflow') || message.includes('too many terms')) return tooComplex();
  if (isStackOverflow(error)) return tooDeep();
  if (message.startsWith(BLOCKED)) return new TsqlError(33_504, `The attempted operation failed because the target object '${message.slice(BLOCKED.length)}' has a block predicate that conflicts with this operation. If the operation is performed on a view, the block predicate might be enforced on the underlying table. Modify the operation to target only the rows that are allowed by the block predicate.`);
  if (isDefinition(verb)) {
    if (number === code.unique) return new TsqlError(1505, `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found: ${message}.`);
    if (message.includes('after drop column')) return new TsqlError(5074, `The object is dependent on the column: ${message}.`);
    if (message.endsWith('constraint failed')) return new TsqlError(547, `The ${verb} statement conflicted with a constraint: rows that are there already break it.`, { state: 0 });
  }
  if (number === code.check) return check(message, catalog, table, verb);
  if (number === code.notNull) {
    const column = /\.([^.]+)$/.exec(message)?.[1] ?? '';
    return new TsqlError(515, `Cannot insert the value NULL into column '${column}', table '${table ? displayName(table) : ''}'; column does not allow nulls. ${verb} fails.`, { state: 2 });
  }
  if (number === code.unique || number === code.primaryKey) return duplicate(message, table);
  if (number === code.foreignKey || number === code.triggerForeignKey) return foreignKey(catalog, table, verb);
  if (number === code.datatype) return numericConversion('nvarchar', 'the type of the column');
  if (number === code.full) return new TsqlError(1105, 'Could not allocate space for the database because the disk is full.', { severity: 17, state: 2 });
  if (message.includes('integer overflow')) return overflow('bigint');
  if (message.includes('malformed JSON')) return invalidJson();
  if (message.includes('Expression tree is too large')) return new TsqlError(191, 'Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.', { severity: 15, effect: 'batch' });
  return defect(message);
}

/** What the trigger of a block predicate raises, before the table's name. */
const BLOCKED = '$block:';

/** node:sqlite refuses to turn an integer beyond 2^53 into a number. */
export const isOutOfRange = (error: unknown) => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';

const isDefinition = (verb: string) => /^(CREATE|ALTER|DROP) /.test(verb);

const defect = (message: string) => new TsqlError(50_000, `The local stand-in failed on this statement (a defect of infra/local/sql): ${message}`, { severity: 16, effect: 'batch' });

function check(message: string, catalog: Catalog, table: Table | undefined, verb: string): TsqlError {
  const name = message.replace(/^.*constraint failed: /, '');
  const [kind, first = '', second = ''] = name.split(':');
  if (kind === '$range' && first === 'decimal') return new TsqlError(8115, 'Arithmetic overflow error converting numeric to data type numeric.', { state: 8 });
  if (kind === '$range') return first === 'int' ? overflow('int') : new TsqlError(220, `Arithmetic overflow error for data type ${first}.`, { state: 1 });
  if (kind === '$length') {
    const full = catalog.get(first);
    return truncated(full ? displayName(full) : first, second);
  }
  return new TsqlError(547, `The ${verb} statement conflicted with the CHECK constraint "${name}". The conflict occurred in table "${table ? displayName(table) : ''}".`, { state: 0 });
}

function duplicate(message: string, table: Table | undefined): TsqlError {
  const detail = message.replace(/^.*constraint failed: /, '');
  const byIndex = /^index '(.*)'$/.exec(detail)?.[1];
  const columns = detail.split(', ').map((part) => part.slice(part.lastIndexOf('.') + 1));
  const constraint = table?.constraints.find(({ name, unique, columns: own }) =>
    unique && (byIndex === undefined ? own.join() === columns.join() : byIndex.replace(/\$(null|plain)$/, '') === `${table.storage}:${name.toLowerCase()}`));
  const object = table ? displayName(table) : '';
  if (constraint?.kind === 'index') return new TsqlError(2601, `Cannot insert duplicate key row in object '${object}' with unique index '${constraint.name}'.`, { severity: 14 });
  const kind = constraint?.kind === 'unique' ? 'UNIQUE KEY' : 'PRIMARY KEY';
  return new TsqlError(2627, `Violation of ${kind} constraint '${constraint?.name ?? detail}'. Cannot insert duplicate key in object '${object}'.`, { severity: 14 });
}

/** SQLite does not say which key; with several the first that could be meant is named. */
function foreignKey(catalog: Catalog, table: Table | undefined, verb: string): TsqlError {
  const own = table?.constraints.find(({ kind }) => kind === 'foreign key');
  const referring = catalog.tables.flatMap(({ constraints }) => constraints).find(({ references }) => references === table?.storage);
  const isReference = verb === 'DELETE' || !own;
  const name = (isReference ? referring : own)?.name ?? '';
  return new TsqlError(547, `The ${verb} statement conflicted with the ${isReference ? 'REFERENCE' : 'FOREIGN KEY'} constraint "${name}".`, { state: 0 });
}
