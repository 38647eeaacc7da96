import { withDeadline } from './deadline.ts';
import type { Cancel, Timing } from './timing.ts';

export interface ProbePolicy {
  /** This many good probes in a row, this far apart, end the outage: one good answer may be a dying server's last. */
  readonly goodInARow: number;
  readonly gapMs: number;
  readonly deadlineMs: number;
  /**
   * How long to wait before each next probe, by what is wrong: a failover wants patience, a throttle more of it.
   * The last delay repeats, so it bounds how long a dependency can be back without being noticed. Each is multiplied by 2/3–1, so that a fleet
   * does not knock in step.
   */
  readonly delaysMs: (error: unknown) => readonly number[];
}

/** Asks a dependency that is out whether it is back. Idle until `start`; stops by itself when it is, or at `stop`. */
export class Prober {
  readonly #probe: (signal: AbortSignal) => Promise<void>;
  readonly #policy: ProbePolicy;
  readonly #timing: Timing;
  readonly #recovered: () => void;
  #cancel: Cancel = () => {};
  /** Counts starts and stops, so that a probe still under way when it was stopped says nothing afterwards. */
  #round = 0;
  #failed = 0;
  #good = 0;
  #nextAt = 0;

  constructor(probe: (signal: AbortSignal) => Promise<void>, policy: ProbePolicy, timing: Timing, recovered: () => void) {
    this.#probe = probe;
    this.#policy = policy;
    this.#timing = timing;
    this.#recovered = recovered;
  }

  /** The earliest that the outage can end, in ms from now. */
  get earliestRecoveryMs(): number {
    const stillNeeded = Math.max(this.#policy.goodInARow - this.#good - 1, 0);
    return Math.max(this.#nextAt - this.#timing.now(), 0) + stillNeeded * this.#policy.gapMs;
  }

  /** @param isBack the outage that it was last asked about had not been over: it stays as patient as it had become. */
  start(error: unknown, isBack = false): void {
    this.stop();
    this.#failed = isBack ? this.#failed + 1 : 0;
    this.#good = 0;
    this.#scheduleAfter(error);
  }

  stop(): void {
    this.#round += 1;
    this.#cancel();
  }

  /** The next probe need not wait for its time: somebody knows more. Does nothing between good ones. */
  askSoon(): void {
    if (this.#good > 0) return;
    this.stop();
    this.#schedule(this.#policy.gapMs);
  }

  #scheduleAfter(error: unknown): void {
    const delays = this.#policy.delaysMs(error);
    const delayMs = delays[Math.min(this.#failed, delays.length - 1)] ?? this.#policy.gapMs;
    this.#schedule(delayMs * (2 + this.#timing.random()) / 3);
  }

  #schedule(delayMs: number): void {
    this.#nextAt = this.#timing.now() + delayMs;
    this.#cancel = this.#timing.after(delayMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const round = this.#round;
    try {
      await withDeadline(this.#probe, this.#policy.deadlineMs, this.#timing);
      if (round === this.#round) this.#answered();
    } catch (error) {
      if (round === this.#round) this.#silent(error);
    }
  }

  #answered(): void {
    this.#good += 1;
    if (this.#good < this.#policy.goodInARow) return this.#schedule(this.#policy.gapMs);
    this.stop();
    this.#recovered();
  }

  #silent(error: unknown): void {
    this.#good = 0;
    this.#failed += 1;
    this.#scheduleAfter(error);
  }
}
