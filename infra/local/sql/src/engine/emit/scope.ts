import type { SqlType } from '../../value/sql-type.ts';
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
}

/** The sources an expression can see: those of its own FROM first, then those of the queries around it. */
export class Scope {
  readonly sources: Source[] = [];
  constructor(readonly outer: Scope | undefined = undefined) {}

  find(qualifier: string | undefined, name: string): VisibleColumn {
    const wanted = name.toLowerCase();
    const alias = qualifier?.toLowerCase();
    let aliasKnown = false;
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      let found: VisibleColumn | undefined;
      for (const source of scope.sources) {
        if (alias !== undefined && source.alias !== alias) continue;
        if (alias !== undefined) aliasKnown = true;
        for (const column of source.columns) {
          if (column.name.toLowerCase() !== wanted) continue;
          if (found) throw ambiguousColumn(name);
          found = column;
        }
      }
      if (found) return found;
      if (aliasKnown) break;
    }
    if (alias !== undefined && !aliasKnown) throw unboundColumn(`${qualifier}.${name}`);
    throw unknownColumn(name);
  }
}
