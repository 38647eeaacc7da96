import { outside } from '../../engine/error.ts';
import type { Statement } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseAlter } from './alter.ts';
import { parseCreate } from './create.ts';
import { parseDeclare } from './declare.ts';
import { parseDelete } from './delete.ts';
import { parseDrop } from './drop.ts';
import { parseExecute } from './execute.ts';
import { parseExpression } from './expression.ts';
import { parseBlock, parseIf, parseThrow, parseWhile } from './flow.ts';
import { parseInsert } from './insert.ts';
import { parseCommonTables, parseQuery, parseQueryAfterWith } from './query.ts';
import { parseSet } from './set.ts';
import { parseCommit, parseRollback, parseSave } from './transaction.ts';
import { parseUpdate } from './update.ts';
import { parseGrant } from './user.ts';

const refused = new Set(['MERGE', 'TRUNCATE', 'REVOKE', 'DENY', 'RAISERROR', 'WAITFOR', 'GOTO', 'OPEN', 'CLOSE', 'FETCH', 'DEALLOCATE', 'BULK', 'BACKUP', 'RESTORE', 'DBCC', 'KILL', 'CHECKPOINT', 'RECONFIGURE', 'USE']);

/** One statement; its first word decides which. What the language has and the subset has not is named in the error. */
export function parseStatement(cursor: Cursor): Statement {
  const line = cursor.line;
  const { upper } = cursor.current;
  switch (cursor.current.kind === 'word' ? upper : '') {
    case 'SELECT': return { node: 'select statement', line, query: parseQuery(cursor) };
    case 'WITH': return parseAfterWith(cursor);
    case 'INSERT': return parseInsert(cursor, []);
    case 'UPDATE': return parseUpdate(cursor, []);
    case 'DELETE': return parseDelete(cursor, []);
    case 'DECLARE': return parseDeclare(cursor);
    case 'SET': return parseSet(cursor);
    case 'IF': return parseIf(cursor);
    case 'WHILE': return parseWhile(cursor);
    case 'BEGIN': return parseBlock(cursor);
    case 'COMMIT': return parseCommit(cursor);
    case 'ROLLBACK': return parseRollback(cursor);
    case 'SAVE': return parseSave(cursor);
    case 'THROW': return parseThrow(cursor);
    case 'EXEC': case 'EXECUTE': return parseExecute(cursor);
    case 'CREATE': return parseCreate(cursor);
    case 'GRANT': return parseGrant(cursor);
    case 'ALTER': return parseAlter(cursor);
    case 'DROP': return parseDrop(cursor);
    case 'PRINT': cursor.next(); return { node: 'print', line, message: parseExpression(cursor) };
    case 'BREAK': cursor.next(); return { node: 'break', line };
    case 'CONTINUE': cursor.next(); return { node: 'continue', line };
    case 'RETURN':
      cursor.next();
      if (cursor.current.kind === 'number' || cursor.current.kind === 'variable') throw outside('RETURN with a value', line);
      return { node: 'return', line };
    default:
      if (refused.has(upper)) throw outside(upper, line);
      throw cursor.unexpected();
  }
}

function parseAfterWith(cursor: Cursor): Statement {
  const line = cursor.line;
  const ctes = parseCommonTables(cursor);
  if (cursor.at('INSERT')) return parseInsert(cursor, ctes);
  if (cursor.at('UPDATE')) return parseUpdate(cursor, ctes);
  if (cursor.at('DELETE')) return parseDelete(cursor, ctes);
  if (cursor.at('MERGE')) throw outside('MERGE', line);
  return { node: 'select statement', line, query: parseQueryAfterWith(cursor, ctes) };
}
