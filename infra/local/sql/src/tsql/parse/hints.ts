import { outside, TsqlError } from '../../engine/error.ts';
import type { TableHints } from '../node/query.ts';
import type { Cursor } from './cursor.ts';

/** What is honoured. READCOMMITTED and ROWLOCK ask for what happens anyway. */
export const honoured: ReadonlySet<string> = new Set(['UPDLOCK', 'XLOCK', 'HOLDLOCK', 'SERIALIZABLE', 'REPEATABLEREAD', 'TABLOCKX', 'READPAST', 'NOWAIT', 'ROWLOCK', 'READCOMMITTED']);
/** What the server knows and the subset does not: none of them can be kept, so none is taken. */
export const refusedHints: ReadonlySet<string> = new Set(['NOLOCK', 'READUNCOMMITTED', 'READCOMMITTEDLOCK', 'SNAPSHOT', 'PAGLOCK', 'TABLOCK', 'INDEX', 'FORCESEEK', 'FORCESCAN', 'NOEXPAND', 'KEEPIDENTITY', 'KEEPDEFAULTS', 'IGNORE_CONSTRAINTS', 'IGNORE_TRIGGERS', 'SPATIAL_WINDOW_MAX_CELLS']);

export const noHints: TableHints = { mode: undefined, isWhole: false, skips: false, nowait: false };

export const atHints = (cursor: Cursor): boolean => cursor.at('WITH') && cursor.ahead(1).upper === '(';

/** `WITH (UPDLOCK, READPAST)`. https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table */
export function parseHints(cursor: Cursor): TableHints {
  if (!atHints(cursor)) return noHints;
  const { line } = cursor;
  cursor.expect('WITH');
  const hints = new Set(cursor.group(() => parseHint(cursor)));
  const isWhole = hints.has('HOLDLOCK') || hints.has('SERIALIZABLE') || hints.has('TABLOCKX');
  const mode = hints.has('XLOCK') || hints.has('TABLOCKX') ? 'X' : hints.has('UPDLOCK') ? 'U' : isWhole || hints.has('REPEATABLEREAD') ? 'S' : undefined;
  if (hints.has('READPAST') && isWhole) throw new TsqlError(650, 'You can only specify the READPAST lock in the READ COMMITTED or REPEATABLE READ isolation levels.', { effect: 'batch', line });
  return { mode, isWhole, skips: hints.has('READPAST'), nowait: hints.has('NOWAIT') };
}

function parseHint(cursor: Cursor): string {
  const { line } = cursor;
  const { upper, text } = cursor.next();
  if (honoured.has(upper)) return upper;
  if (refusedHints.has(upper)) throw outside(`The table hint ${upper}`, line);
  throw new TsqlError(321, `"${text}" is not a recognized table hints option.`, { severity: 15, effect: 'batch', line });
}

/** Plans here are made without looking at values, by one thread: these three are kept. Every other one asks for what cannot be kept. */
export function parseQueryHints(cursor: Cursor): void {
  if (!cursor.take('OPTION')) return;
  cursor.group(() => {
    if (cursor.take('RECOMPILE') || cursor.take('OPTIMIZE', 'FOR', 'UNKNOWN')) return;
    if (cursor.take('MAXDOP')) {
      cursor.integer();
      return;
    }
    throw outside(`The query hint ${cursor.current.upper}`, cursor.line);
  });
}
