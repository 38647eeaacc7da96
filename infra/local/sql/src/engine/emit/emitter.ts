import type { CommonTable } from '../../tsql/node/query.ts';
import type { SqlType } from '../../value/sql-type.ts';
import type { Catalog } from '../catalog.ts';
import { undeclared } from '../error.ts';
import type { Bind } from './bind.ts';
import type { Typed } from './coerce.ts';
import type { LockMode } from '../row-locks.ts';
import type { VisibleColumn } from './scope.ts';

/** The variables of a batch. Each has a slot; what is declared anywhere in the text before its use is visible, as in T-SQL. */
export class Variables {
  readonly #slots = new Map<string, { readonly slot: number; readonly type: SqlType }>();

  declare(name: string, type: SqlType): number {
    const known = this.#slots.get(name);
    if (known) return known.slot;
    const slot = this.#slots.size;
    this.#slots.set(name, { slot, type });
    return slot;
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  find(name: string, line = 1) {
    const found = this.#slots.get(name);
    if (!found) throw undeclared(name, line);
    return found;
  }

  get size(): number {
    return this.#slots.size;
  }
}

export interface CteSource {
  readonly columns: readonly VisibleColumn[];
  readonly definition: CommonTable;
  /** The stored table a CTE selects from, when it is simple enough to be updated through. */
  readonly table?: string | undefined;
}

/** A lock a hint asks for. `at` is the place in each row where the row's identity is read; without one all rows of the table are meant. */
export interface LockWish { readonly table: string; readonly mode: LockMode; readonly nowait: boolean; readonly at: number | undefined }

/** What one SQLite statement gathers while it is written: its binds, the common tables in sight, and whether it must see the latest rows. */
export class Emitter {
  readonly binds: Bind[] = [];
  readonly #indexes = new Map<string, number>();
  readonly ctes = new Map<string, CteSource>();
  /** What lock hints ask for. */
  readonly locks: LockWish[] = [];
  /** The storage name of the table that is written. */
  target: string | undefined;
  /** Whether any stored table is read. */
  reads = false;
  /** Parameters of the function whose body is being written. */
  parameters: ReadonlyMap<string, Typed> = new Map();
  /** The text is kept by SQLite and run in whatever session: nothing can be bound. */
  isStored = false;
  #aliases = 0;

  constructor(readonly catalog: Catalog, readonly variables: Variables) {}

  /** The text of a bind; equal binds share one. */
  bind(bind: Bind): string {
    const key = JSON.stringify(bind);
    let index = this.#indexes.get(key);
    if (index === undefined) {
      this.binds.push(bind);
      index = this.binds.length;
      this.#indexes.set(key, index);
    }
    return `?${index}`;
  }

  alias(): string {
    this.#aliases += 1;
    return `$${this.#aliases}`;
  }
}
