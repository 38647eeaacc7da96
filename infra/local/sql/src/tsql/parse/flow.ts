import { outside } from '../../engine/error.ts';
import type { If, Statement, Throw, While } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseStatement } from './statement.ts';
import { parseBegin } from './transaction.ts';

export function parseIf(cursor: Cursor): If {
  const line = cursor.line;
  cursor.expect('IF');
  const condition = parseExpression(cursor);
  const then = parseStatement(cursor);
  // A semicolon before ELSE ends the statement of IF, not the IF.
  if (cursor.atSymbol(';') && cursor.ahead(1).upper === 'ELSE') cursor.next();
  const otherwise = cursor.take('ELSE') ? parseStatement(cursor) : undefined;
  return { node: 'if', line, condition, then, otherwise };
}

export function parseWhile(cursor: Cursor): While {
  const line = cursor.line;
  cursor.expect('WHILE');
  return { node: 'while', line, condition: parseExpression(cursor), body: parseStatement(cursor) };
}

/** BEGIN opens a transaction, a TRY or a block. */
export function parseBlock(cursor: Cursor): Statement {
  const line = cursor.line;
  const following = cursor.ahead(1).upper;
  if (following === 'TRAN' || following === 'TRANSACTION') return parseBegin(cursor);
  if (following === 'DISTRIBUTED') throw outside('BEGIN DISTRIBUTED TRANSACTION', line);
  cursor.expect('BEGIN');
  if (!cursor.take('TRY')) {
    const statements = parseUntilEnd(cursor);
    if (statements.length === 0) throw cursor.unexpected();
    return { node: 'block', line, statements };
  }
  const attempt = parseUntilEnd(cursor);
  cursor.expect('TRY');
  cursor.takeSymbol(';');
  cursor.expect('BEGIN', 'CATCH');
  const handler = parseUntilEnd(cursor);
  cursor.expect('CATCH');
  return { node: 'try', line, attempt, handler };
}

function parseUntilEnd(cursor: Cursor): readonly Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (cursor.takeSymbol(';'));
    if (cursor.take('END')) return statements;
    if (cursor.done) throw cursor.unexpected();
    statements.push(parseStatement(cursor));
  }
}

/** https://learn.microsoft.com/sql/t-sql/language-elements/throw-transact-sql */
export function parseThrow(cursor: Cursor): Throw {
  const line = cursor.line;
  cursor.expect('THROW');
  if (cursor.done || cursor.atSymbol(';') || cursor.current.kind === 'word') return { node: 'throw', line, error: undefined };
  const number = parseExpression(cursor);
  cursor.expectSymbol(',');
  const message = parseExpression(cursor);
  cursor.expectSymbol(',');
  return { node: 'throw', line, error: { number, message, state: parseExpression(cursor) } };
}
