import type { Checked } from '../sas.ts';

/** `setTimeout` takes no more than this; a token that lives longer is looked at again then. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/**
 * Whose the tokens of one connection are and until when they are good, by entity. Each put-token says anew; when nobody renews one in time, the entity's
 * links end, as in Azure.
 */
export class Claims {
  readonly #onExpired: (path: string) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #holders = new Map<string, string | undefined>();

  constructor(onExpired: (path: string) => void) {
    this.#onExpired = onExpired;
  }

  put(path: string, { until, holder }: Checked): void {
    this.#holders.set(path, holder);
    this.#watch(path, until);
  }

  /** Who put the last token for an entity. */
  holderOf(path: string): string | undefined {
    return this.#holders.get(path);
  }

  #watch(path: string, until: number): void {
    clearTimeout(this.#timers.get(path));
    this.#timers.delete(path);
    if (until === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(() => {
      if (Date.now() < until) this.#watch(path, until);
      else {
        this.#timers.delete(path);
        this.#holders.delete(path);
        this.#onExpired(path);
      }
    }, Math.min(Math.max(until - Date.now(), 0), LONGEST_TIMER_MS));
    timer.unref();
    this.#timers.set(path, timer);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
