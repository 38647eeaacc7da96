import type { StatementSync } from 'node:sqlite';
import type { Value } from '../../value/value.ts';
import type { Reading } from '../compile.ts';
import type { LockWish } from '../emit/emitter.ts';
import type { Wanted } from '../row-locks.ts';
import { Blocked, type Session } from '../session.ts';
import { isOutOfRange, translate } from '../sqlite-error.ts';
import type { Waiting } from '../waiting.ts';
import { bindValues, type RunState } from './bind-value.ts';
import type { StoredRow } from './replies.ts';

/** Most reading waits for nobody. */
export const mayWait = (reading: Reading, session: Session): boolean => reading.locks.length > 0 || readsToWrite(reading, session);

/** The isolation levels above read committed read as if to write. */
function readsToWrite({ reads }: Reading, { depth, isWriting, settings: { isolation } }: Session): boolean {
  return reads && depth > 0 && !isWriting && (isolation === 'SERIALIZABLE' || isolation === 'REPEATABLE READ');
}

/** Rows as they are committed, or as the session's own transaction has left them. */
export function read({ prepared, binds }: Reading, state: RunState): readonly StoredRow[] {
  const { session } = state;
  session.database.running = session;
  try {
    return allRows(session.database.statement(prepared, session.side), bindValues(binds, state));
  } catch (error) {
    throw translate(error, session.catalog, undefined, 'SELECT');
  }
}

/** Reads what {@link mayWait}. Lock hints keep what they read. */
export function* readLocked(reading: Reading, state: RunState): Waiting<readonly StoredRow[]> {
  const { session } = state;
  if (readsToWrite(reading, session)) {
    const writer = session.startWriting();
    if (writer) yield writer;
  }
  if (reading.locks.length === 0) return read(reading, state);
  return yield* session.readLocked(() => {
    const rows = read(reading, state);
    keep(reading.locks, rows, session);
    return rows;
  }, reading.locks.some(({ nowait }) => nowait) ? 0 : session.settings.lockTimeoutMs);
}

/** Takes what hints ask for until the transaction ends; without one, only sees to it that nobody else has it. @throws Blocked */
export function keep(wishes: readonly LockWish[], rows: readonly StoredRow[], session: Session): void {
  const wanted = wishes.map(({ table, mode, at }): Wanted => ({ table, mode, rows: at === undefined ? 'all' : rows.flatMap((row) => (row[at] === null ? [] : [Number(row[at])])) }));
  for (const each of wanted) pass(each, session);
  if (session.depth > 0) for (const each of wanted) session.database.rowLocks.take(session, each);
}

/** @throws Blocked when others keep any of it. */
export function pass(wanted: Wanted, session: Session): void {
  const { rowLocks } = session.database;
  if (!rowLocks.concernsOthers(session, wanted.table)) return;
  const owners = rowLocks.owners(session, wanted);
  if (owners.size > 0) throw new Blocked(owners);
}

/** Numbers are read as numbers, which is cheap, until one does not fit: from then on this statement reads bigints. */
function allRows(statement: StatementSync, values: readonly Value[]): readonly StoredRow[] {
  try {
    return statement.all(...values) as unknown as readonly StoredRow[];
  } catch (error) {
    if (!isOutOfRange(error)) throw error;
    statement.setReadBigInts(true);
    return statement.all(...values) as unknown as readonly StoredRow[];
  }
}
