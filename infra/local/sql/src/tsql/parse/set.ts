import { outside } from '../../engine/error.ts';
import type { SetOption, SetVariable, Statement } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { compoundOperator } from './update.ts';

/** `SET @x = …` and `SET OPTION value`. https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql */
export function parseSet(cursor: Cursor): Statement {
  const line = cursor.line;
  cursor.expect('SET');
  if (cursor.current.kind === 'variable') return parseAssignment(cursor, line);
  if (cursor.take('TRANSACTION', 'ISOLATION', 'LEVEL')) return option(line, ['ISOLATION'], isolation(cursor));
  if (cursor.at('IDENTITY_INSERT')) throw outside('SET IDENTITY_INSERT', line);
  const options = cursor.list(() => cursor.next().upper);
  // An option takes one word, a number, or a minus sign and a number.
  const minus = cursor.takeSymbol('-') ? '-' : '';
  return option(line, options, minus + cursor.next().text.toUpperCase());
}

const option = (line: number, options: readonly string[], value: string): SetOption => ({ node: 'set option', line, options, value });

function isolation(cursor: Cursor): string {
  for (const level of ['READ COMMITTED', 'READ UNCOMMITTED', 'REPEATABLE READ', 'SERIALIZABLE', 'SNAPSHOT']) {
    if (cursor.take(...level.split(' '))) return level;
  }
  throw cursor.unexpected();
}

function parseAssignment(cursor: Cursor, line: number): SetVariable {
  const variable = cursor.variable();
  const operator = cursor.next().upper;
  const expression = parseExpression(cursor);
  if (operator === '=') return { node: 'set variable', line, variable, expression };
  const compound = compoundOperator(operator);
  if (!compound) throw cursor.unexpected();
  return { node: 'set variable', line, variable, expression: { node: 'binary', operator: compound, left: { node: 'variable', name: variable, line }, right: expression } };
}
