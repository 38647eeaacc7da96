import { lockTimeout } from './error.ts';
import { Cancelled } from './lock.ts';
import type { WaitGraph } from './wait-graph.ts';

/** Shared, update, exclusive. https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide */
export type LockMode = 'S' | 'U' | 'X';

/** What one statement wants of one table: some rows of it, or all there are and could be. */
export interface Wanted {
  readonly table: string;
  readonly mode: LockMode;
  readonly rows: readonly number[] | 'all';
}

interface Waiter {
  readonly session: object;
  readonly owners: ReadonlySet<object>;
  readonly grant: () => void;
  readonly fail: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
}

/** Of one session in one table. */
interface Held { all: LockMode | undefined; readonly rows: Map<number, LockMode> }

const strength = { S: 0, U: 1, X: 2 } as const;
const stronger = (a: LockMode | undefined, b: LockMode): LockMode => (a !== undefined && strength[a] > strength[b] ? a : b);
const agree = (a: LockMode | undefined, b: LockMode): boolean => a === undefined || a === 'S' && b !== 'X' || b === 'S' && a !== 'X';

/**
 * Rows that transactions have read with a lock hint, and keep until they end. What a transaction has written is not here: its session holds
 * the database's writer lock. Who finds a row taken waits for the sessions that have it, and then looks again.
 */
export class RowLocks {
  readonly #tables = new Map<string, Map<object, Held>>();
  #waiting: Waiter[] = [];
  readonly #graph: WaitGraph;

  constructor(graph: WaitGraph) {
    this.#graph = graph;
  }

  /** Has any other session a lock in this table? The question every write asks, so it is cheap. */
  concernsOthers(session: object, table: string): boolean {
    if (this.#tables.size === 0) return false;
    const sessions = this.#tables.get(table);
    return sessions !== undefined && (sessions.size > 1 || !sessions.has(session));
  }

  /** The sessions that stand in the way. */
  owners(session: object, { table, mode, rows }: Wanted): ReadonlySet<object> {
    const owners = new Set<object>();
    for (const [other, held] of this.#tables.get(table) ?? []) {
      if (other === session) continue;
      const isFree = agree(held.all, mode) && (rows === 'all' ? [...held.rows.values()].every((taken) => agree(taken, mode)) : rows.every((row) => agree(held.rows.get(row), mode)));
      if (!isFree) owners.add(other);
    }
    return owners;
  }

  take(session: object, { table, mode, rows }: Wanted): void {
    const sessions = this.#tables.get(table) ?? new Map<object, Held>();
    const held: Held = sessions.get(session) ?? { all: undefined, rows: new Map() };
    if (rows === 'all') held.all = stronger(held.all, mode);
    else for (const row of rows) held.rows.set(row, stronger(held.rows.get(row), mode));
    sessions.set(session, held);
    this.#tables.set(table, sessions);
  }

  /** Resolves when one of the owners has let go. @throws 1222 when the time is up, 1205 when waiting would close a circle, Cancelled on {@link cancel}. */
  wait(session: object, owners: ReadonlySet<object>, timeoutMs: number): Promise<void> {
    if (timeoutMs === 0) return Promise.reject(lockTimeout());
    return new Promise((grant, fail) => {
      this.#graph.enter(session, () => owners);
      const waiter: Waiter = { session, owners, grant, fail, timer: undefined };
      if (timeoutMs > 0) waiter.timer = setTimeout(() => this.#end(waiter, lockTimeout()), timeoutMs);
      this.#waiting.push(waiter);
    });
  }

  release(session: object): void {
    if (this.#tables.size === 0) return;
    for (const [table, sessions] of this.#tables) {
      sessions.delete(session);
      if (sessions.size === 0) this.#tables.delete(table);
    }
    for (const waiter of this.#waiting.filter(({ owners }) => owners.has(session))) this.#end(waiter);
  }

  cancel(session: object): void {
    const waiter = this.#waiting.find((candidate) => candidate.session === session);
    if (waiter) this.#end(waiter, new Cancelled('The wait for a row was cancelled.'));
  }

  #end(waiter: Waiter, error?: Error): void {
    clearTimeout(waiter.timer);
    this.#waiting = this.#waiting.filter((other) => other !== waiter);
    this.#graph.leave(waiter.session);
    if (error) waiter.fail(error);
    else waiter.grant();
  }
}
