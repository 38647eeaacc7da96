import { isTime } from '../../value/sql-type.ts';
import type { Writing } from '../compile.ts';
import type { Session } from '../session.ts';
import { translate } from '../sqlite-error.ts';
import type { Waiting } from '../waiting.ts';
import { bindValues, type RunState } from './bind-value.ts';
import { keep, pass } from './read.ts';
import type { StoredRow } from './replies.ts';

/** What a statement has written: how many rows, and those its OUTPUT asks for. */
interface Written { readonly rows: readonly StoredRow[]; readonly count: number }

const none: readonly StoredRow[] = [];

/** Runs one INSERT, UPDATE or DELETE: all of it or, when it throws, nothing. */
export function* write(writing: Writing, state: RunState): Waiting<Written> {
  const { session } = state;
  const { database } = session;
  const written = yield* session.change(() => {
    try {
      database.lastIdentity = null;
      database.running = session;
      if (writing.locks.length > 0) keep(writing.locks, none, session);
      if (writing.twoPhase) return writeTwoPhase(writing, writing.twoPhase, state);
      return isAtomic(writing, session) ? writeOnce(writing, state) : database.allOrNothing(() => writeOnce(writing, state));
    } catch (error) {
      throw translate(error, session.catalog, session.catalog.get(writing.table), writing.verb);
    }
  });
  if (writing.verb === 'INSERT' && written.count > 0) session.identity = database.lastIdentity;
  return written;
}

/**
 * Is nothing left behind by an error as it is? SQLite takes back the first rows of a statement when a constraint or a function refuses a later one, but not
 * when a value has the wrong type.
 */
const isAtomic = ({ isOneRow }: Writing, { depth, settings: { xactAbort } }: Session) => isOneRow || depth > 0 && xactAbort;

function writeOnce(writing: Writing, state: RunState): Written {
  const { database } = state.session;
  if (database.rowLocks.concernsOthers(state.session, writing.table)) return writeAmongLocks(writing, state);
  const { prepared, binds, columns } = writing;
  const statement = database.statement(prepared, 'writer');
  const values = bindValues(binds, state);
  if (!columns) return { rows: none, count: Number(statement.run(...values).changes) };
  // A statement that writes cannot be read twice, so numbers that might be large are read as bigint at once.
  if (columns.some(({ type }) => type.kind === 'bigint' || isTime(type) || type.kind === 'decimal')) statement.setReadBigInts(true);
  const rows = statement.all(...values) as unknown as readonly StoredRow[];
  return { rows, count: rows.length };
}

/** Others keep rows of this table: what was written is looked at, and taken back when it is theirs. */
function writeAmongLocks({ verb, table, touching, binds, columns }: Writing, state: RunState): Written {
  const { session, session: { database } } = state;
  const statement = database.statement(touching, 'writer');
  statement.setReadBigInts(true);
  return database.allOrNothing(() => {
    const rows = statement.all(...bindValues(binds, state)) as unknown as readonly StoredRow[];
    // A new row is nobody's yet, but who keeps the whole table has been promised that none comes.
    pass({ table, mode: 'X', rows: verb === 'INSERT' ? [] : rows.map((row) => Number(row.at(-1))) }, session);
    return { rows: columns ? rows : none, count: rows.length };
  });
}

/** The rows are read, then written one by one. */
function writeTwoPhase({ prepared, binds, table }: Writing, phases: NonNullable<Writing['twoPhase']>, state: RunState): Written {
  const { session, session: { database } } = state;
  const reader = database.statement(prepared, 'writer');
  const writer = database.statement(phases.writing, 'writer');
  reader.setReadBigInts(true);
  writer.setReadBigInts(true);
  const found = reader.all(...bindValues(binds, state)) as unknown as readonly StoredRow[];
  pass({ table, mode: 'X', rows: found.map(([id = null]) => Number(id)) }, session);
  return database.allOrNothing(() => {
    const rows = found.map((row) => {
      const [id = null, ...values] = row;
      const after = writer.get(...values.slice(0, phases.assigned), id) as unknown as StoredRow;
      return phases.output.map(({ from, at }) => (from === 'before' ? values[phases.assigned + at] : after[at]) ?? null);
    });
    return { rows, count: rows.length };
  });
}
