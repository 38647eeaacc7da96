import { outside, TsqlError } from '../../engine/error.ts';
import type { AlterPolicy, BlockMoment, CreateFunction, CreatePolicy, DropFunction, DropPolicy, PolicyChange, PredicateDefinition } from '../node/security.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseObjectName } from './from.ts';
import { parseQuery } from './query.ts';
import { parseType } from './type.ts';

/** Only what a security policy asks: one SELECT without FROM, bound to the schema. https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql */
export function parseCreateFunction(cursor: Cursor, line: number): CreateFunction {
  if (!cursor.isAtStart) throw new TsqlError(111, "'CREATE FUNCTION' must be the first statement in a query batch.", { severity: 15, effect: 'batch', line });
  cursor.expect('FUNCTION');
  const name = parseObjectName(cursor);
  cursor.expectSymbol('(');
  const parameters = cursor.atSymbol(')') ? [] : cursor.list(() => {
    const parameter = cursor.variable();
    cursor.take('AS');
    return { name: parameter, type: parseType(cursor) };
  });
  cursor.expectSymbol(')');
  cursor.expect('RETURNS');
  if (!cursor.take('TABLE')) throw outside('A function that returns anything but TABLE', line);
  if (!cursor.take('WITH', 'SCHEMABINDING')) throw outside('A function without WITH SCHEMABINDING', line);
  cursor.take('AS');
  cursor.expect('RETURN');
  const isWrapped = cursor.takeSymbol('(');
  const { body, ctes, orderBy } = parseQuery(cursor);
  if (isWrapped) cursor.expectSymbol(')');
  cursor.takeSymbol(';');
  if (!cursor.done) throw cursor.unexpected();
  if (body.node !== 'select' || body.from || ctes.length > 0 || orderBy.length > 0 || body.groupBy.length > 0 || body.having || body.top || !body.where) throw outside('A function that is more than SELECT 1 AS … WHERE …', line);
  return { node: 'create function', line, name, parameters, where: body.where };
}

export function parseDropFunction(cursor: Cursor, line: number): DropFunction {
  const ifExists = cursor.take('IF', 'EXISTS');
  return { node: 'drop function', line, names: cursor.list(() => parseObjectName(cursor)), ifExists };
}

/** https://learn.microsoft.com/sql/t-sql/statements/create-security-policy-transact-sql */
export function parseCreatePolicy(cursor: Cursor, line: number): CreatePolicy {
  const name = parseObjectName(cursor);
  const predicates = cursor.list(() => {
    cursor.expect('ADD');
    return parsePredicate(cursor);
  });
  const isOn = parseOptions(cursor) ?? true;
  return { node: 'create security policy', line, name, predicates, isOn };
}

export function parseAlterPolicy(cursor: Cursor, line: number): AlterPolicy {
  const name = parseObjectName(cursor);
  const changes = cursor.at('ADD', 'ALTER', 'DROP') ? cursor.list(() => parseChange(cursor)) : [];
  return { node: 'alter security policy', line, name, changes, isOn: parseOptions(cursor) };
}

export function parseDropPolicy(cursor: Cursor, line: number): DropPolicy {
  const ifExists = cursor.take('IF', 'EXISTS');
  return { node: 'drop security policy', line, name: parseObjectName(cursor), ifExists };
}

function parseChange(cursor: Cursor): PolicyChange {
  if (cursor.take('ADD')) return { change: 'add', predicate: parsePredicate(cursor) };
  if (cursor.take('ALTER')) return { change: 'alter', predicate: parsePredicate(cursor) };
  cursor.expect('DROP');
  const kind = parseKind(cursor);
  cursor.expect('ON');
  const table = parseObjectName(cursor);
  return { change: 'drop', kind, moments: parseMoments(cursor, kind), table };
}

function parsePredicate(cursor: Cursor): PredicateDefinition {
  const kind = parseKind(cursor);
  const name = parseObjectName(cursor);
  const given = cursor.group(() => parseExpression(cursor));
  cursor.expect('ON');
  const table = parseObjectName(cursor);
  return { kind, function: name, arguments: given, table, moments: parseMoments(cursor, kind) };
}

function parseKind(cursor: Cursor): 'filter' | 'block' {
  const kind = cursor.take('BLOCK') ? 'block' : 'filter';
  if (kind === 'filter') cursor.take('FILTER');
  cursor.expect('PREDICATE');
  return kind;
}

const moments: readonly BlockMoment[] = ['AFTER INSERT', 'AFTER UPDATE', 'BEFORE UPDATE', 'BEFORE DELETE'];

function parseMoments(cursor: Cursor, kind: 'filter' | 'block'): readonly BlockMoment[] {
  const found = moments.find((moment) => cursor.take(...moment.split(' ')));
  if (found && kind === 'filter') throw cursor.unexpected();
  return found ? [found] : kind === 'block' ? moments : [];
}

/** `WITH (STATE = ON, SCHEMABINDING = ON)` */
function parseOptions(cursor: Cursor): boolean | undefined {
  if (cursor.at('NOT')) throw outside('NOT FOR REPLICATION', cursor.line);
  if (!cursor.take('WITH')) return undefined;
  let isOn: boolean | undefined;
  cursor.group(() => {
    const option = cursor.next().upper;
    cursor.expectSymbol('=');
    const value = cursor.take('ON') ? true : cursor.take('OFF') ? false : undefined;
    if (value === undefined) throw cursor.unexpected();
    if (option === 'STATE') isOn = value;
    else if (option !== 'SCHEMABINDING' || !value) throw outside(`${option} = ${value ? 'ON' : 'OFF'} of a security policy`, cursor.line);
  });
  return isOn;
}
