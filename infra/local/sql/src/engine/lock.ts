import { lockTimeout } from './error.ts';
import type { WaitGraph } from './wait-graph.ts';

/** Thrown into a wait that the client cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

interface Waiter<Owner> {
  readonly owner: Owner;
  readonly grant: () => void;
  readonly fail: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
}

/** A first-come-first-served lock whose waiters are promises: the event loop never stands still for one. */
export class FifoLock<Owner extends object> {
  #owner: Owner | undefined;
  readonly #queue: Waiter<Owner>[] = [];
  readonly #graph: WaitGraph;

  constructor(graph: WaitGraph) {
    this.#graph = graph;
  }

  get owner(): Owner | undefined {
    return this.#owner;
  }

  /** Undefined when granted at once. `timeoutMs` below zero waits for ever. @throws 1222 when the time is up, 1205 when waiting would close a circle, Cancelled on {@link cancel}. */
  acquire(owner: Owner, timeoutMs = -1): Promise<void> | undefined {
    if (this.#owner === undefined || this.#owner === owner) {
      this.#owner = owner;
      return undefined;
    }
    if (timeoutMs === 0) return Promise.reject(lockTimeout());
    return new Promise((grant, fail) => {
      this.#graph.enter(owner, () => (this.#owner ? [this.#owner] : []));
      const waiter: Waiter<Owner> = { owner, grant, fail, timer: undefined };
      if (timeoutMs > 0) waiter.timer = setTimeout(() => this.#remove(waiter, lockTimeout()), timeoutMs);
      this.#queue.push(waiter);
    });
  }

  release(owner: Owner): void {
    if (this.#owner !== owner) return;
    const next = this.#queue.shift();
    this.#owner = next?.owner;
    if (!next) return;
    clearTimeout(next.timer);
    this.#graph.leave(next.owner);
    next.grant();
  }

  /** Takes the owner out of the queue. */
  cancel(owner: Owner): void {
    const waiter = this.#queue.find((candidate) => candidate.owner === owner);
    if (waiter) this.#remove(waiter, new Cancelled('The wait for a lock was cancelled.'));
  }

  #remove(waiter: Waiter<Owner>, error: Error): void {
    const at = this.#queue.indexOf(waiter);
    if (at < 0) return;
    clearTimeout(waiter.timer);
    this.#queue.splice(at, 1);
    this.#graph.leave(waiter.owner);
    waiter.fail(error);
  }
}
