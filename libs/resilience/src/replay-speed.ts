import { realTiming, type Timing } from './timing.ts';

/** Times the speed at which a backlog came. It begins with `first`; strain takes it down to `least`, at which it still ends. */
const first = 4;
const least = 3;
/** Where it stays when all is well: done soon, and a quarter of the speed at which tills were seen to suffer (`docs/performance.md`). */
const most = 6;
/** A backlog of many hours goes as fast as it must to be gone in about this time, strain permitting. */
const goneInMs = 30 * 60_000;
const growPerMs = 0.1 / 1_000;
/** Cut by a quarter, at most this often: the effect of one cut has to show before the next. */
const cutTo = 0.75;
const betweenCutsMs = 1_000;
/** A timer that is so late on average waits for a processor, and so does every request. */
const lateMs = 25;
/** What comes after such a pause is another backlog. */
const anewAfterMs = 10_000;
/** The weight of the newest observation. */
const newest = 0.2;

/**
 * How many times faster than it came a backlog is worked off, so that those who sell now hardly feel it. It grows slowly while all is well, and
 * is cut while the process waits for its processor, or whoever made it says that something it shares with live sales is strained.
 */
export class ReplaySpeed {
  readonly #isStrained: () => boolean;
  readonly #timing: Timing;
  #speed = first;
  #late = 0;
  #at: number;
  #cutAt = -Infinity;

  constructor({ isStrained, timing = realTiming }: { readonly isStrained: () => boolean; readonly timing?: Timing }) {
    this.#isStrained = isStrained;
    this.#timing = timing;
    this.#at = timing.now();
  }

  get value(): number {
    return this.#speed;
  }

  /** Told while a backlog is worked off: how old it still is, and how late the timer came that told it. Both in ms. */
  observe(ageMs: number, timerLateMs: number): void {
    const now = this.#timing.now();
    const passedMs = now - this.#at;
    this.#at = now;
    if (passedMs > anewAfterMs) return this.#beginAnew();
    this.#late += (timerLateMs - this.#late) * newest;
    if (this.#late <= lateMs && !this.#isStrained()) this.#speed = Math.min(Math.max(most, 1 + ageMs / goneInMs, this.#speed), this.#speed + growPerMs * passedMs);
    else if (now - this.#cutAt >= betweenCutsMs) {
      this.#speed = Math.max(least, this.#speed * cutTo);
      this.#cutAt = now;
    }
  }

  #beginAnew(): void {
    this.#speed = first;
    this.#late = 0;
  }
}
