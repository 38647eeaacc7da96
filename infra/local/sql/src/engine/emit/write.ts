import type { SelectItem } from '../../tsql/node/query.ts';
import { quote, type Table } from '../catalog.ts';
import { outside } from '../error.ts';
import type { Bind } from './bind.ts';
import type { Emitter } from './emitter.ts';
import { tableSource } from './from.ts';
import { emitItems, type OutputColumn } from './query.ts';
import { Scope } from './scope.ts';

/** A statement that writes, as one SQLite statement. */
export interface Write {
  readonly sql: string;
  readonly binds: readonly Bind[];
  /** The columns of OUTPUT; undefined without one. */
  readonly columns: readonly OutputColumn[] | undefined;
  readonly table: string;
  readonly isOneRow?: boolean;
  /** Set when OUTPUT asks for what SQLite's RETURNING cannot see: the rows are read first, then written one by one. */
  readonly twoPhase?: TwoPhase | undefined;
}

export interface TwoPhase {
  /** Reads, for each row: its rowid, the new values, the OUTPUT values known beforehand. */
  readonly read: string;
  /** Writes one row: the new values, then the rowid, as binds. Returns the OUTPUT values that only exist afterwards. */
  readonly write: string;
  readonly assigned: number;
  /** For each OUTPUT column: the n-th value read before, or the n-th returned by the write. */
  readonly output: readonly { readonly from: 'before' | 'after'; readonly at: number }[];
}

/** OUTPUT as RETURNING. `inserted` and `deleted` are the written table's own columns there. */
export function emitReturning(items: readonly SelectItem[], tables: { readonly inserted?: Table; readonly deleted?: Table }, emitter: Emitter): { sql: string; columns: readonly OutputColumn[] | undefined } {
  if (items.length === 0) return { sql: '', columns: undefined };
  const scope = new Scope();
  if (tables.inserted) scope.sources.push(tableSource(tables.inserted, 'inserted', ''));
  if (tables.deleted) scope.sources.push(tableSource(tables.deleted, 'deleted', ''));
  const before = emitter.binds.length;
  const emitted = emitItems(items, scope, emitter);
  if (emitter.binds.length > before + 64) throw outside('An OUTPUT clause with that many parameters');
  return { sql: ` RETURNING ${emitted.map(({ typed, column }) => `${typed.sql} AS ${quote(column.storage)}`).join(', ')}`, columns: emitted.map(({ column }) => column) };
}
