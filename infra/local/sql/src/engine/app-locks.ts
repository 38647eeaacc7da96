import { TsqlError } from './error.ts';
import type { WaitGraph } from './wait-graph.ts';
import { FifoLock } from './lock.ts';

export type LockOwner = 'Session' | 'Transaction';

interface Held { lock: FifoLock<object>; count: { Session: number; Transaction: number } }

/**
 * sp_getapplock: named locks of one database. Exclusive only; taking one twice counts twice.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
 */
export class AppLocks {
  readonly #locks = new Map<string, FifoLock<object>>();
  readonly #graph: WaitGraph;
  readonly #held = new WeakMap<object, Map<string, Held>>();

  constructor(graph: WaitGraph) {
    this.#graph = graph;
  }

  /** 0 granted at once, 1 granted after a wait, -1 timed out, -3 would have closed a circle of waits. @throws Cancelled */
  async acquire(session: object, resource: string, owner: LockOwner, timeoutMs: number): Promise<number> {
    const lock = this.#locks.get(resource) ?? new FifoLock<object>(this.#graph);
    this.#locks.set(resource, lock);
    const wait = lock.acquire(session, timeoutMs);
    try {
      await wait;
    } catch (error) {
      if (error instanceof TsqlError) return error.number === 1205 ? -3 : -1;
      throw error;
    }
    const held = this.#held.get(session) ?? new Map<string, Held>();
    this.#held.set(session, held);
    const entry = held.get(resource) ?? { lock, count: { Session: 0, Transaction: 0 } };
    entry.count[owner] += 1;
    held.set(resource, entry);
    return wait ? 1 : 0;
  }

  /** @throws 1223 when the session does not hold it. */
  release(session: object, resource: string, owner: LockOwner): void {
    const entry = this.#held.get(session)?.get(resource);
    if (!entry || entry.count[owner] === 0) throw new TsqlError(1223, `Cannot release the application lock (Database Principal: 'public', Resource: '${resource}') because it is not currently held.`);
    entry.count[owner] -= 1;
    this.#free(session, resource, entry);
  }

  /** Everything one owner of the session holds: at the end of a transaction, and of the session. */
  releaseAll(session: object, ...owners: readonly LockOwner[]): void {
    for (const [resource, entry] of this.#held.get(session) ?? []) {
      for (const owner of owners) entry.count[owner] = 0;
      this.#free(session, resource, entry);
    }
  }

  cancel(session: object): void {
    for (const lock of this.#locks.values()) lock.cancel(session);
  }

  #free(session: object, resource: string, { lock, count }: Held): void {
    if (count.Session + count.Transaction > 0) return;
    this.#held.get(session)?.delete(resource);
    lock.release(session);
    if (!lock.owner) this.#locks.delete(resource);
  }
}
