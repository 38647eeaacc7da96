import { outside } from '../../engine/error.ts';
import type { Binary, Expression } from '../node/expression.ts';
import type { CommonTable } from '../node/query.ts';
import type { Assignment, Update } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseFrom, parseObjectName } from './from.ts';
import { parseHints, parseQueryHints } from './hints.ts';
import { parseOutput } from './output.ts';
import { parseTop } from './query.ts';

/** `UPDATE [TOP (n)] t SET … [OUTPUT …] [FROM …] [WHERE …]` */
export function parseUpdate(cursor: Cursor, ctes: readonly CommonTable[]): Update {
  const line = cursor.line;
  cursor.expect('UPDATE');
  const top = parseTop(cursor);
  if (cursor.current.kind === 'variable') throw outside('A table variable', line);
  const target = parseObjectName(cursor);
  const hints = parseHints(cursor);
  cursor.expect('SET');
  const assignments = cursor.list(() => parseAssignment(cursor));
  const output = parseOutput(cursor);
  const from = cursor.take('FROM') ? parseFrom(cursor) : undefined;
  if (cursor.at('WHERE') && cursor.ahead(1).upper === 'CURRENT') throw outside('A cursor', line);
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  parseQueryHints(cursor);
  return { node: 'update', line, ctes, top, target, hints, assignments, output, from, where, orderBy: [] };
}

function parseAssignment(cursor: Cursor): Assignment {
  if (cursor.current.kind === 'variable') throw outside('UPDATE … SET @variable = …', cursor.line);
  let column = cursor.name();
  if (cursor.takeSymbol('.')) column = cursor.name();
  if (cursor.atSymbol('.') || cursor.atSymbol('(')) throw outside('A method call in SET', cursor.line);
  const operator = cursor.next().upper;
  const value = parseExpression(cursor);
  if (operator === '=') return { column, variable: undefined, expression: value };
  const compound = compoundOperator(operator);
  if (!compound) throw cursor.unexpected();
  const left: Expression = { node: 'column', qualifier: undefined, name: column };
  return { column, variable: undefined, expression: { node: 'binary', operator: compound, left, right: value } };
}

export function compoundOperator(symbol: string): Binary['operator'] | undefined {
  const found = /^([-+*/%&|^])=$/.exec(symbol)?.[1];
  return found as Binary['operator'] | undefined;
}
