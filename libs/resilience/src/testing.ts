import type { Cancel, Timing } from './timing.ts';

interface Due {
  at: number;
  readonly everyMs?: number;
  readonly callback: () => void;
}

/** Time that passes only when the test says so, and chance that comes out at `chance`, always or from call to call. */
export class ManualTiming implements Timing {
  readonly #due = new Set<Due>();
  #now = 0;

  constructor(readonly chance: number | (() => number) = 0.5) {}

  readonly now = (): number => this.#now;
  readonly random = (): number => (typeof this.chance === 'number' ? this.chance : this.chance());
  readonly after = (delayMs: number, callback: () => void): Cancel => this.#plan({ at: this.#now + delayMs, callback });
  readonly every = (intervalMs: number, callback: () => void): Cancel => this.#plan({ at: this.#now + intervalMs, everyMs: intervalMs, callback });

  /** Lets time pass: everything due meanwhile happens, in order, and promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    for (;;) {
      await settle();
      const next = [...this.#due].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = next.at;
      if (next.everyMs === undefined) this.#due.delete(next);
      else next.at += next.everyMs;
      next.callback();
    }
    this.#now = until;
    await settle();
  }

  #plan(due: Due): Cancel {
    this.#due.add(due);
    return () => this.#due.delete(due);
  }
}

/** Promise chains end within one turn of the event loop. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
