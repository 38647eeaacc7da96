import type { AlterTable, ColumnDefinition, CreateIndex, CreateTable, DropIndex, DropTable, InlineIndex, KeyPart, TableConstraint } from '../../tsql/node/definition.ts';
import { isString, range, type Kind, type SqlType } from '../../value/sql-type.ts';
import { Catalog, quote, storageName, type Column, type Constraint, type Table } from '../catalog.ts';
import { outside, TsqlError, unknownColumn } from '../error.ts';
import { coerce } from './coerce.ts';
import { Emitter, Variables } from './emitter.ts';
import { emitCondition, emitValue } from './expression.ts';
import { tableSource } from './from.ts';
import { Scope } from './scope.ts';
import { refuseIfProtected } from './security.ts';

/** What a definition does: SQLite statements, and the catalog there is afterwards. */
export interface Definition { readonly sql: readonly string[]; readonly catalog: Catalog }

const storageTypes: Partial<Record<Kind, string>> = { real: 'REAL', float: 'REAL', char: 'TEXT', varchar: 'TEXT', nchar: 'TEXT', nvarchar: 'TEXT', uniqueidentifier: 'TEXT', binary: 'BLOB', varbinary: 'BLOB' };
/** `INT`, not `INTEGER`: the latter as a lone primary key would be SQLite's rowid, which takes NULL for "choose one". */
const storageType = ({ kind }: SqlType) => storageTypes[kind] ?? 'INT';

const already = (name: string) => new TsqlError(2714, `There is already an object named '${name}' in the database.`, { state: 6, effect: 'batch' });
const missing = (what: string, name: string) => new TsqlError(3701, `Cannot drop the ${what} '${name}', because it does not exist or you do not have permission.`, { severity: 11, state: 5 });

export function createTable(definition: CreateTable, catalog: Catalog): Definition {
  const schema = definition.table.schema ?? 'dbo';
  if (!catalog.schemas.has(schema.toLowerCase())) throw new TsqlError(2760, `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`, { effect: 'batch' });
  const storage = storageName(definition.table);
  if (catalog.hasObject(definition.table)) throw already(definition.table.name);
  const names = new Set<string>();
  for (const { name } of definition.columns) {
    if (names.has(name.toLowerCase())) throw new TsqlError(2705, `Column names in each table must be unique. Column name '${name}' in table '${definition.table.name}' is specified more than once.`, { effect: 'batch' });
    names.add(name.toLowerCase());
  }
  if (definition.constraints.filter(({ constraint }) => constraint === 'primary key').length > 1) throw new TsqlError(8110, `Cannot add multiple PRIMARY KEY constraints to table '${definition.table.name}'.`, { state: 0, effect: 'batch' });
  const keys = new Set(definition.constraints.flatMap((constraint) => (constraint.constraint === 'primary key' ? constraint.columns.map(({ column }) => column.toLowerCase()) : [])));
  const columns = definition.columns.map((column) => columnOf(definition.table.name, column, keys.has(column.name.toLowerCase())));
  const base: Table = { id: catalog.nextId, schema, name: definition.table.name, storage, columns, constraints: [] };
  const parts = definition.constraints.map((constraint) => constraintOf(constraint, base, catalog));
  const table: Table = { ...base, constraints: [...parts.map(({ constraint }) => constraint), ...definition.indexes.map((index) => indexConstraint(index))] };
  const body = [...columns.map((column) => columnText(base, column)), ...parts.flatMap(({ inline }) => (inline ? [inline] : []))];
  return {
    sql: [`CREATE TABLE ${quote(storage)} (${body.join(', ')}) STRICT`, ...parts.flatMap(({ after }) => after), ...definition.indexes.flatMap((index) => indexText(index, base))],
    catalog: catalog.with(table),
  };
}

function columnOf(table: string, { name, type, nullable, identity, default: fallback }: ColumnDefinition, isKey: boolean): Column {
  if (isKey && nullable === true) throw new TsqlError(8111, `Cannot define PRIMARY KEY constraint on nullable column in table '${table}'.`, { effect: 'batch' });
  return {
    name,
    type,
    nullable: !isKey && !identity && type.kind !== 'rowversion' && nullable !== false,
    identity,
    default: fallback && { name: fallback.name ?? `DF__${table}__${name}`, expression: fallback.expression },
  };
}

function columnText(table: Table, column: Column, fallback = ''): string {
  const name = quote(column.name.toLowerCase());
  const checks = lengthCheck(table, column, name);
  return `${name} ${storageType(column.type)}${column.nullable ? '' : ' NOT NULL'}${fallback}${checks}`;
}

/** Names the CHECK so that its failure is told as 2628, 8115 or 220 instead of 547. */
function lengthCheck(table: Table, column: Column, name: string): string {
  const { kind, length } = column.type;
  const bounds = range[kind];
  if (bounds) return ` CONSTRAINT ${quote(`$range:${kind}`)} CHECK (${name} BETWEEN ${bounds[0]} AND ${bounds[1]})`;
  if (kind === 'decimal' && column.type.precision < 18) return ` CONSTRAINT ${quote('$range:decimal')} CHECK (abs(${name}) < ${10 ** column.type.precision})`;
  const named = ` CONSTRAINT ${quote(`$length:${table.storage}:${column.name}`)}`;
  // Bytes bound the UTF-16 units from above and are known without reading the text; only longer text is counted.
  if (isString(column.type) && Number.isFinite(length)) return `${named} CHECK (octet_length(${name}) <= ${length} OR ts_units(${name}) <= ${length})`;
  if ((kind === 'binary' || kind === 'varbinary') && Number.isFinite(length)) return `${named} CHECK (length(${name}) <= ${length})`;
  return '';
}

interface ConstraintParts { readonly constraint: Constraint; readonly inline: string | undefined; readonly after: readonly string[] }

function constraintOf(definition: TableConstraint, table: Table, catalog: Catalog): ConstraintParts {
  switch (definition.constraint) {
    case 'primary key':
    case 'unique': {
      const columns = definition.columns.map(({ column }) => found(table, column).name.toLowerCase());
      const name = definition.name ?? `${definition.constraint === 'unique' ? 'UQ' : 'PK'}__${table.name}__${columns.join('_')}`;
      const constraint: Constraint = { kind: definition.constraint, name, columns, unique: true };
      return { constraint, inline: undefined, after: indexText({ name, unique: true, columns: definition.columns, where: undefined }, table) };
    }
    case 'check': {
      const name = definition.name ?? `CK__${table.name}__${table.constraints.length}`;
      return { constraint: { kind: 'check', name, columns: [], unique: false }, inline: `CONSTRAINT ${quote(name)} CHECK (${conditionText(definition.condition, table)})`, after: [] };
    }
    case 'foreign key': {
      const columns = definition.columns.map((column) => found(table, column).name.toLowerCase());
      const target = storageName(definition.table) === table.storage ? table : catalog.find(definition.table);
      if (!target) throw new TsqlError(1767, `Foreign key references invalid table '${definition.table.name}'.`, { effect: 'batch' });
      const references = definition.references.length > 0 ? definition.references.map((column) => found(target, column).name.toLowerCase()) : target.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? [];
      const name = definition.name ?? `FK__${table.name}__${columns.join('_')}`;
      const action = definition.onDelete === 'NO ACTION' ? '' : ` ON DELETE ${definition.onDelete}`;
      return {
        constraint: { kind: 'foreign key', name, columns, references: target.storage, unique: false },
        inline: `CONSTRAINT ${quote(name)} FOREIGN KEY (${columns.map(quote).join(', ')}) REFERENCES ${quote(target.storage)} (${references.map(quote).join(', ')})${action}`,
        after: [],
      };
    }
    case 'default': throw outside('A table-level DEFAULT constraint in CREATE TABLE');
    default: return definition satisfies never;
  }
}

function found(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (!column) throw new TsqlError(1911, `Column name '${name}' does not exist in the target table or view.`, { effect: 'batch' });
  return column;
}

function conditionText(condition: Parameters<typeof emitCondition>[0], table: Table): string {
  const scope = new Scope();
  scope.sources.push(tableSource(table, table.name.toLowerCase(), ''));
  const emitter = new Emitter(new Catalog({ schemas: [], tables: [] }), new Variables());
  const text = emitCondition(condition, scope, emitter);
  if (emitter.binds.length > 0) throw outside('A CHECK or filter that depends on the time or the session');
  return text;
}

/**
 * Keys are SQLite indexes, on what the collation compares by. The server lets a UNIQUE key hold one NULL, SQLite any number:
 * nullable keys get a second index in which NULL is a value.
 */
function indexText({ name, unique, columns, where }: InlineIndex, table: Table): readonly string[] {
  const filter = where ? ` WHERE ${conditionText(where, table)}` : '';
  const parts = (key: (column: Column, part: KeyPart) => string) => columns.map((part) => `${key(found(table, part.column), part)}${part.descending ? ' DESC' : ''}`).join(', ');
  const keyed = (column: Column) => {
    const sql = quote(column.name.toLowerCase());
    return isString(column.type) && column.type.collation !== 'binary' ? `ts_key(${sql})` : sql;
  };
  const index = (suffix: string, list: string, condition: string) => `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quote(indexName(table, name) + suffix)} ON ${quote(table.storage)} (${list})${condition}`;
  const texts = [index('', parts(keyed), filter)];
  const nullables = columns.map(({ column }) => found(table, column)).filter(({ nullable }) => nullable);
  if (unique && nullables.length > 0) {
    const isNull = nullables.map(({ name: column }) => `${quote(column.toLowerCase())} IS NULL`).join(' OR ');
    texts.push(index('$null', parts((column) => (column.nullable ? `ifnull(${keyed(column)}, x'00')` : keyed(column))), where ? `${filter} AND (${isNull})` : ` WHERE ${isNull}`));
  }
  // A foreign key needs a plain unique index on its parent; a key compared without case is stricter, so this one never fails first.
  if (unique && !where && columns.some(({ column }) => keyed(found(table, column)).startsWith('ts_key'))) texts.push(index('$plain', parts((column) => quote(column.name.toLowerCase())), ''));
  return texts;
}

/** Index names belong to their table in T-SQL and to the database in SQLite. */
export const indexName = (table: Pick<Table, 'storage'>, name: string) => `${table.storage}:${name.toLowerCase()}`;

const indexConstraint = ({ name, unique, columns }: InlineIndex): Constraint => ({ kind: 'index', name, columns: columns.map(({ column }) => column.toLowerCase()), unique });

export function createIndex(definition: CreateIndex, catalog: Catalog): Definition {
  const table = catalog.find(definition.table);
  if (!table) throw new TsqlError(1088, `Cannot find the object "${definition.table.name}" because it does not exist or you do not have permissions.`, { state: 12, effect: 'batch' });
  if (table.constraints.some(({ name }) => name.toLowerCase() === definition.name.toLowerCase())) throw new TsqlError(1913, `The operation failed because an index or statistics with name '${definition.name}' already exists on table '${table.name}'.`, { effect: 'batch' });
  return { sql: indexText(definition, table), catalog: catalog.with({ ...table, constraints: [...table.constraints, indexConstraint(definition)] }) };
}

const dropIndexText = (table: Table, name: string) => ['', '$null', '$plain'].map((suffix) => `DROP INDEX IF EXISTS ${quote(indexName(table, name) + suffix)}`);

export function dropIndex(definition: DropIndex, catalog: Catalog): Definition {
  const table = catalog.find(definition.table);
  const index = table?.constraints.find(({ kind, name }) => kind === 'index' && name.toLowerCase() === definition.name.toLowerCase());
  if (!table || !index) {
    if (definition.ifExists) return { sql: [], catalog };
    throw missing('index', `${definition.table.name}.${definition.name}`);
  }
  return { sql: dropIndexText(table, index.name), catalog: catalog.with({ ...table, constraints: table.constraints.filter((constraint) => constraint !== index) }) };
}

export function dropTable(definition: DropTable, catalog: Catalog): Definition {
  const sql: string[] = [];
  let next = catalog;
  for (const name of definition.tables) {
    const table = next.find(name);
    if (!table) {
      if (definition.ifExists) continue;
      throw missing('table', name.name);
    }
    const user = next.tables.find((other) => other !== table && other.constraints.some(({ references }) => references === table.storage));
    if (user) throw new TsqlError(3726, `Could not drop object '${table.name}' because it is referenced by a FOREIGN KEY constraint.`);
    refuseIfProtected('DROP TABLE', table.storage, next);
    sql.push(`DROP TABLE ${quote(table.storage)}`);
    next = next.without(table);
  }
  return { sql, catalog: next };
}

/** SQLite adds a column with a constant default only; T-SQL's default is evaluated once for the rows there are. */
export function alterTable(definition: AlterTable, catalog: Catalog): Definition {
  const table = catalog.find(definition.table);
  if (!table) throw new TsqlError(4902, `Cannot find the object "${definition.table.name}" because it does not exist or you do not have permissions.`, { effect: 'batch' });
  const { change } = definition;
  if (change.change === 'drop column') return dropColumns(table, change.columns, change.ifExists, catalog);
  if (change.change === 'drop constraint') return dropConstraints(table, change.names, change.ifExists, catalog);
  let next: Table = table;
  const sql: string[] = [];
  for (const definedColumn of change.columns) {
    if (next.columns.some(({ name }) => name.toLowerCase() === definedColumn.name.toLowerCase())) throw new TsqlError(2705, `Column names in each table must be unique. Column name '${definedColumn.name}' in table '${table.name}' is specified more than once.`, { effect: 'batch' });
    const column = columnOf(table.name, definedColumn, false);
    if (column.identity || column.type.kind === 'rowversion') throw outside('ALTER TABLE … ADD of an IDENTITY or ROWVERSION column');
    if (!column.nullable && !column.default) throw new TsqlError(4901, `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified. Column '${column.name}' cannot be added to non-empty table '${table.name}'.`, { effect: 'batch' });
    sql.push(`ALTER TABLE ${quote(table.storage)} ADD COLUMN ${columnText(table, column, column.nullable ? '' : ` DEFAULT ${constantText(column)}`)}`);
    next = { ...next, columns: [...next.columns, column] };
  }
  for (const constraint of change.constraints) {
    if (constraint.constraint === 'default') {
      const column = found(next, constraint.column);
      const fallback = { name: constraint.name ?? `DF__${table.name}__${column.name}`, expression: constraint.expression };
      next = { ...next, columns: next.columns.map((candidate) => (candidate === column ? { ...column, default: fallback } : candidate)) };
      continue;
    }
    const parts = constraintOf(constraint, next, catalog);
    sql.push(...(parts.inline ? [`ALTER TABLE ${quote(table.storage)} ADD ${addable(constraint, parts)}`] : []), ...parts.after);
    next = { ...next, constraints: [...next.constraints, parts.constraint] };
  }
  return { sql, catalog: catalog.with(next) };
}

/** Since 3.53 SQLite adds a CHECK to a table that stands; a foreign key it does not. */
function addable(constraint: TableConstraint, { inline }: ConstraintParts): string {
  if (constraint.constraint !== 'check' || !inline) throw outside(`ALTER TABLE … ADD ${constraint.constraint.toUpperCase()} (declare it in CREATE TABLE)`);
  // SQLite lets an unknown pass when a row is written, but not here, where it looks at the rows there are; the server lets it pass in both.
  return inline.replace(/CHECK \(([\s\S]*)\)$/, 'CHECK (coalesce(($1), true))');
}

function constantText(column: Column): string {
  const emitter = new Emitter(new Catalog({ schemas: [], tables: [] }), new Variables());
  const text = column.default ? coerce(emitValue(column.default.expression, new Scope(), emitter), column.type) : 'NULL';
  if (!/^(-?\d+(\.\d+)?|'(?:[^']|'')*'|NULL|x'[0-9a-f]*')$/i.test(text)) throw outside('ALTER TABLE … ADD of a NOT NULL column whose DEFAULT is no literal');
  return text;
}

function dropColumns(table: Table, names: readonly string[], ifExists: boolean, catalog: Catalog): Definition {
  let next = table;
  const sql: string[] = [];
  for (const name of names) {
    const column = next.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!column) {
      if (ifExists) continue;
      throw unknownColumn(name);
    }
    if (next.constraints.some(({ columns }) => columns.includes(name.toLowerCase())) || column.default) throw new TsqlError(5074, `The object is dependent on column '${column.name}'.`, { effect: 'batch' });
    sql.push(`ALTER TABLE ${quote(table.storage)} DROP COLUMN ${quote(name.toLowerCase())}`);
    next = { ...next, columns: next.columns.filter((candidate) => candidate !== column) };
  }
  return { sql, catalog: catalog.with(next) };
}

function dropConstraints(table: Table, names: readonly string[], ifExists: boolean, catalog: Catalog): Definition {
  let next = table;
  const sql: string[] = [];
  for (const name of names) {
    const wanted = name.toLowerCase();
    const fallback = next.columns.find((column) => column.default?.name.toLowerCase() === wanted);
    const constraint = next.constraints.find((candidate) => candidate.name.toLowerCase() === wanted);
    if (fallback) next = { ...next, columns: next.columns.map((column) => (column === fallback ? { ...column, default: undefined } : column)) };
    else if (constraint?.kind === 'unique' || constraint?.kind === 'primary key') sql.push(...dropIndexText(table, constraint.name));
    else if (constraint?.kind === 'check') sql.push(`ALTER TABLE ${quote(table.storage)} DROP CONSTRAINT ${quote(constraint.name)}`);
    else if (constraint) throw outside('ALTER TABLE … DROP of a foreign key');
    else if (!ifExists) throw new TsqlError(3728, `'${name}' is not a constraint.`, { effect: 'batch' });
    next = { ...next, constraints: next.constraints.filter((candidate) => candidate !== constraint) };
  }
  return { sql, catalog: catalog.with(next) };
}

