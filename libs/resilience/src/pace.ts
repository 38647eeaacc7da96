import { realTiming, type Timing } from './timing.ts';

/** What is always left to the work: an eighth of its time. */
const least = 1 / 8;
/** The share is halved at most this often, so that one slow second does not take it all away. */
const halvingMs = 500;

/**
 * How much of its time the work that nobody waits for may spend on a dependency: all of it, but only an eighth right after an outage, growing to the
 * whole over `growMs`; and half of that, and half again, while those who do wait are served slowly. It takes that by resting between two
 * batches, in proportion to how long the last one took, because smaller batches would cost the dependency more.
 */
export class Pace {
  readonly #isOthersTurn: () => boolean;
  readonly #growMs: number;
  readonly #timing: Timing;
  #share = 1;
  #at: number;
  #halvedAt = -Infinity;

  constructor({ isOthersTurn, growMs = 30_000, timing = realTiming }: { readonly isOthersTurn: () => boolean; readonly growMs?: number; readonly timing?: Timing }) {
    this.#isOthersTurn = isOthersTurn;
    this.#growMs = growMs;
    this.#timing = timing;
    this.#at = timing.now();
  }

  get share(): number {
    return this.#share;
  }

  /** The dependency is back: begin with little. */
  startSlowly(): void {
    this.#share = least;
    this.#at = this.#timing.now();
  }

  /** How long to rest, in ms, after work that took `tookMs`. 0 in the usual case. */
  restMs(tookMs: number): number {
    const now = this.#timing.now();
    const passedMs = now - this.#at;
    this.#at = now;
    if (!this.#isOthersTurn()) this.#share = Math.min(1, this.#share + ((1 - least) * passedMs) / this.#growMs);
    else if (now - this.#halvedAt >= halvingMs) {
      this.#share = Math.max(least, this.#share / 2);
      this.#halvedAt = now;
    }
    return this.#share >= 1 ? 0 : tookMs * (1 / this.#share - 1);
  }
}
