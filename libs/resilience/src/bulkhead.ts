import type { Cancel, Timing } from './timing.ts';

export interface BulkheadLimits {
  /** How many may wait for a place, and for how long. */
  readonly queue: number;
  readonly waitMs: number;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Keeps one dependency from taking all of a process: at most `limit()` calls are inside, a few wait, the rest are refused.
 * The limit is asked for at every entry, because it grows slowly after an outage.
 */
export class Bulkhead {
  readonly #limit: () => number;
  readonly #limits: BulkheadLimits;
  readonly #timing: Timing;
  readonly #full: () => Error;
  readonly #waiting = new Set<Waiter>();
  #inside = 0;

  constructor(limit: () => number, limits: BulkheadLimits, timing: Timing, full: () => Error) {
    this.#limit = limit;
    this.#limits = limits;
    this.#timing = timing;
    this.#full = full;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a place: at once (nothing is returned, which costs the usual case no promise) or when one is free.
   * Whoever got in calls `leave` exactly once.
   * @throws what `full` makes, when the queue is full or the wait is over.
   */
  enter(): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#inside < this.#limit()) {
      this.#inside += 1;
      return undefined;
    }
    if (this.#waiting.size >= this.#limits.queue) throw this.#full();
    return this.#wait();
  }

  leave(): void {
    this.#inside -= 1;
    this.admitWaiting();
  }

  /** Lets in whom the limit allows by now. */
  admitWaiting(): void {
    for (const waiter of this.#waiting) {
      if (this.#inside >= this.#limit()) return;
      this.#inside += 1;
      waiter.admit();
    }
  }

  refuseWaiting(error: Error): void {
    for (const waiter of this.#waiting) waiter.refuse(error);
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      let giveUp: Cancel = () => {};
      const leaveQueue = (): void => {
        this.#waiting.delete(waiter);
        giveUp();
      };
      const waiter: Waiter = {
        admit: () => {
          leaveQueue();
          resolve();
        },
        refuse: (error) => {
          leaveQueue();
          reject(error);
        },
      };
      this.#waiting.add(waiter);
      giveUp = this.#timing.after(this.#limits.waitMs, () => waiter.refuse(this.#full()));
    });
  }
}
