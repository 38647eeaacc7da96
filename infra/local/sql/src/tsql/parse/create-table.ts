import { outside } from '../../engine/error.ts';
import { isString, type Collation, type SqlType } from '../../value/sql-type.ts';
import type { ColumnDefinition, CreateTable, InlineIndex, KeyPart, TableConstraint } from '../node/definition.ts';
import type { Expression } from '../node/expression.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseObjectName } from './from.ts';
import { parseType } from './type.ts';

/** https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql */
export function parseCreateTable(cursor: Cursor, line: number): CreateTable {
  const table = parseObjectName(cursor);
  const { columns, constraints, indexes } = collect(cursor.group(() => parseElement(cursor)));
  if (cursor.take('ON')) cursor.name();
  if (cursor.at('WITH') && cursor.ahead(1).upper === '(') throw outside('CREATE TABLE … WITH (…)', line);
  return { node: 'create table', line, table, columns, constraints, indexes };
}

export interface Elements {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly InlineIndex[];
}

const collect = (elements: readonly Elements[]): Elements => ({
  columns: elements.flatMap((element) => element.columns),
  constraints: elements.flatMap((element) => element.constraints),
  indexes: elements.flatMap((element) => element.indexes),
});

/** ALTER TABLE … ADD takes the same elements, without parentheses. */
export const parseElements = (cursor: Cursor): Elements => collect(cursor.list(() => parseElement(cursor)));

function parseElement(cursor: Cursor): Elements {
  if (cursor.at('CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN', 'DEFAULT')) return { columns: [], constraints: [parseTableConstraint(cursor)], indexes: [] };
  if (cursor.take('INDEX')) return { columns: [], constraints: [], indexes: [parseInlineIndex(cursor)] };
  return parseColumn(cursor);
}

function parseInlineIndex(cursor: Cursor): InlineIndex {
  const name = cursor.name();
  const unique = cursor.take('UNIQUE');
  takeClustering(cursor);
  const columns = parseKeyParts(cursor);
  if (cursor.take('INCLUDE')) cursor.group(() => cursor.name());
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  skipIndexOptions(cursor);
  return { name, unique, columns, where };
}

const takeClustering = (cursor: Cursor) => cursor.take('CLUSTERED') || cursor.take('NONCLUSTERED');

/** WITH (…) and ON filegroup tune storage; they change no result. */
export function skipIndexOptions(cursor: Cursor): void {
  if (cursor.at('WITH') && cursor.ahead(1).upper === '(') {
    cursor.next();
    cursor.group(() => {
      cursor.next();
      cursor.expectSymbol('=');
      return cursor.next();
    });
  }
  if (cursor.at('ON') && cursor.isName(cursor.ahead(1))) {
    cursor.next();
    cursor.name();
  }
}

export function parseKeyParts(cursor: Cursor): readonly KeyPart[] {
  return cursor.group(() => {
    const column = cursor.name();
    const descending = cursor.take('DESC');
    if (!descending) cursor.take('ASC');
    return { column, descending };
  });
}

/** BIN2 collations compare by code point; every other collation is treated as the default one. */
export const collationOf = (name: string): Collation => (/_BIN2?(_UTF8)?$/i.test(name) ? 'binary' : 'insensitive');

function parseColumn(cursor: Cursor): Elements {
  const name = cursor.name();
  if (cursor.at('AS')) throw outside('A computed column', cursor.line);
  let type: SqlType = parseType(cursor);
  if (isString(type)) type = { ...type, collation: 'insensitive' };
  const constraints: TableConstraint[] = [];
  const indexes: InlineIndex[] = [];
  let nullable: boolean | undefined;
  let identity: ColumnDefinition['identity'];
  let fallback: ColumnDefinition['default'];
  const key = [{ column: name, descending: false }];
  for (;;) {
    if (cursor.take('COLLATE')) { type = { ...type, collation: collationOf(cursor.name()) }; continue; }
    if (cursor.take('NOT', 'NULL')) { nullable = false; continue; }
    if (cursor.take('NULL')) { nullable = true; continue; }
    if (cursor.take('IDENTITY')) { identity = parseIdentity(cursor); continue; }
    if (cursor.at('ROWGUIDCOL', 'SPARSE', 'GENERATED', 'MASKED', 'ENCRYPTED')) throw outside(cursor.current.upper, cursor.line);
    const constraint = cursor.take('CONSTRAINT') ? cursor.name() : undefined;
    if (cursor.take('PRIMARY', 'KEY')) { takeClustering(cursor); constraints.push({ constraint: 'primary key', name: constraint, columns: key }); continue; }
    if (cursor.take('UNIQUE')) { takeClustering(cursor); constraints.push({ constraint: 'unique', name: constraint, columns: key }); continue; }
    if (cursor.take('CHECK')) { constraints.push({ constraint: 'check', name: constraint, condition: parseCondition(cursor) }); continue; }
    if (cursor.take('DEFAULT')) { fallback = { name: constraint, expression: parseDefault(cursor) }; continue; }
    if (cursor.at('FOREIGN', 'REFERENCES')) {
      cursor.take('FOREIGN', 'KEY');
      constraints.push(parseReferences(cursor, constraint, [name]));
      continue;
    }
    if (constraint !== undefined) throw cursor.unexpected();
    if (cursor.take('INDEX')) { indexes.push({ name: cursor.name(), unique: cursor.take('UNIQUE'), columns: key, where: undefined }); continue; }
    return { columns: [{ name, type, nullable, identity, default: fallback }], constraints, indexes };
  }
}

/** A default is a constant, a function call, or an expression in parentheses: reading more would swallow the next constraint. */
function parseDefault(cursor: Cursor): Expression {
  return parseExpression(cursor);
}

function parseCondition(cursor: Cursor): Expression {
  cursor.take('NOT', 'FOR', 'REPLICATION');
  cursor.expectSymbol('(');
  const condition = parseExpression(cursor);
  cursor.expectSymbol(')');
  return condition;
}

function parseIdentity(cursor: Cursor) {
  if (!cursor.takeSymbol('(')) return { seed: 1, increment: 1 };
  const seed = cursor.integer();
  cursor.expectSymbol(',');
  const increment = cursor.integer();
  cursor.expectSymbol(')');
  return { seed, increment };
}

function parseTableConstraint(cursor: Cursor): TableConstraint {
  const name = cursor.take('CONSTRAINT') ? cursor.name() : undefined;
  if (cursor.take('PRIMARY', 'KEY')) return parseKey(cursor, 'primary key', name);
  if (cursor.take('UNIQUE')) return parseKey(cursor, 'unique', name);
  if (cursor.take('CHECK')) return { constraint: 'check', name, condition: parseCondition(cursor) };
  if (cursor.take('DEFAULT')) {
    const expression = parseDefault(cursor);
    cursor.expect('FOR');
    return { constraint: 'default', name, column: cursor.name(), expression };
  }
  cursor.expect('FOREIGN', 'KEY');
  return parseReferences(cursor, name, cursor.group(() => cursor.name()));
}

function parseKey(cursor: Cursor, constraint: 'primary key' | 'unique', name: string | undefined): TableConstraint {
  takeClustering(cursor);
  const columns = parseKeyParts(cursor);
  skipIndexOptions(cursor);
  return { constraint, name, columns };
}

function parseReferences(cursor: Cursor, name: string | undefined, columns: readonly string[]): TableConstraint {
  cursor.expect('REFERENCES');
  const table = parseObjectName(cursor);
  const references = cursor.atSymbol('(') ? cursor.group(() => cursor.name()) : [];
  let onDelete: 'NO ACTION' | 'CASCADE' | 'SET NULL' = 'NO ACTION';
  if (cursor.take('ON', 'DELETE')) {
    if (cursor.take('CASCADE')) onDelete = 'CASCADE';
    else if (cursor.take('SET', 'NULL')) onDelete = 'SET NULL';
    else cursor.expect('NO', 'ACTION');
  }
  if (cursor.at('ON') && cursor.ahead(1).upper === 'UPDATE') throw outside('ON UPDATE', cursor.line);
  return { constraint: 'foreign key', name, columns, table, references, onDelete };
}
