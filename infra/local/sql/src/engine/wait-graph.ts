import { deadlock } from './error.ts';

/** Who waits for whom, over every kind of lock of one database. Whoever would close a circle is turned away instead: the deadlock victim. */
export class WaitGraph {
  readonly #waits = new Map<object, () => Iterable<object>>();

  /** @throws 1205 when one of the owners waits, directly or not, for the waiter. */
  enter(waiter: object, owners: () => Iterable<object>): void {
    if (this.#reaches(owners(), waiter, new Set())) throw deadlock();
    this.#waits.set(waiter, owners);
  }

  leave(waiter: object): void {
    this.#waits.delete(waiter);
  }

  #reaches(owners: Iterable<object>, wanted: object, seen: Set<object>): boolean {
    for (const owner of owners) {
      if (owner === wanted) return true;
      if (seen.has(owner)) continue;
      seen.add(owner);
      if (this.#reaches(this.#waits.get(owner)?.() ?? [], wanted, seen)) return true;
    }
    return false;
  }
}
