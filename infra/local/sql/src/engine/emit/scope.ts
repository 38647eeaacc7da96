import type { SqlType } from '../../value/sql-type.ts';
import type { LockMode } from '../row-locks.ts';
import { ambiguousColumn, unboundColumn, unknownColumn } from '../error.ts';

/** A column as an expression may name it, and what it is in SQLite. */
export interface VisibleColumn {
  readonly name: string;
  readonly sql: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

export interface Source {
  /** Lower case; empty for a source that cannot be named. */
  readonly alias: string;
  readonly columns: readonly VisibleColumn[];
  /** SQLite text of the row's identity, when the source is a stored table. */
  readonly rowid?: string | undefined;
  /** The storage name of that table. */
  readonly table?: string | undefined;
  /** The lock its hints ask for. */
  readonly wish?: { readonly mode: LockMode; readonly isWhole: boolean; readonly skips: boolean; readonly nowait: boolean } | undefined;
}

/** The sources an expression can see: those of its own FROM first, then those of the queries around it. */
export class Scope {
  readonly sources: Source[] = [];
  constructor(readonly outer?: Scope) {}

  find(qualifier: string | undefined, name: string): VisibleColumn {
    const wanted = name.toLowerCase();
    const alias = qualifier?.toLowerCase();
    const candidates = this.sources.filter((source) => alias === undefined || source.alias === alias);
    const found = candidates.flatMap(({ columns }) => columns.filter((column) => column.name.toLowerCase() === wanted));
    const [column, another] = found;
    if (another) throw ambiguousColumn(name);
    if (column) return column;
    // A known alias settles where to look: an outer source of the same name stays hidden.
    if (alias !== undefined && candidates.length > 0) throw unknownColumn(name);
    if (this.outer) return this.outer.find(qualifier, name);
    throw alias === undefined ? unknownColumn(name) : unboundColumn(`${qualifier}.${name}`);
  }
}
