import { outside } from '../../engine/error.ts';
import type { Begin, Commit, Rollback, SaveTransaction } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';

const takeTransaction = (cursor: Cursor) => cursor.take('TRAN') || cursor.take('TRANSACTION');

/** A name directly after the keyword; a variable holding a name is outside the subset. */
function optionalName(cursor: Cursor): string | undefined {
  if (cursor.current.kind === 'variable') throw outside('A transaction named by a variable', cursor.line);
  return cursor.isName() && !cursor.at('THROW') ? cursor.name() : undefined;
}

export function parseBegin(cursor: Cursor): Begin {
  const line = cursor.line;
  cursor.expect('BEGIN');
  takeTransaction(cursor);
  return { node: 'begin', line, name: optionalName(cursor) };
}

export function parseCommit(cursor: Cursor): Commit {
  const line = cursor.line;
  cursor.expect('COMMIT');
  if (takeTransaction(cursor)) optionalName(cursor);
  else cursor.take('WORK');
  return { node: 'commit', line };
}

export function parseRollback(cursor: Cursor): Rollback {
  const line = cursor.line;
  cursor.expect('ROLLBACK');
  const name = takeTransaction(cursor) ? optionalName(cursor) : undefined;
  cursor.take('WORK');
  return { node: 'rollback', line, name };
}

export function parseSave(cursor: Cursor): SaveTransaction {
  const line = cursor.line;
  cursor.expect('SAVE');
  if (!takeTransaction(cursor)) throw cursor.unexpected();
  return { node: 'save', line, name: cursor.name() };
}
