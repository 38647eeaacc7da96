import { realTiming, withDeadline, type Cancel, type Timing } from '@checkout/resilience';

export interface HeartbeatOptions {
  /** Asks for the least there is to ask for. Should end early when aborted. */
  readonly beat: (signal: AbortSignal) => Promise<unknown>;
  /** Called at every second miss in a row. */
  readonly onSilent: (silentMs: number, cause: unknown) => void;
  readonly everyMs?: number;
  readonly deadlineMs?: number;
  /** Misses in a row that make a silence; the one after the first follows at once. */
  readonly misses?: number;
  readonly timing?: Timing;
}

/**
 * Asks again and again whether the other side still answers. A connection that a firewall has forgotten looks well from here: nothing comes and
 * nothing fails, and the SDK finds out after two minutes. Whoever has just waited in vain can have the next beat at once.
 */
export class Heartbeat {
  readonly #options: Required<HeartbeatOptions>;
  #answeredAt: number;
  #missed = 0;
  #isBeating = false;
  #isStopped = false;
  #next: Cancel = () => {};

  constructor({ everyMs = 5_000, deadlineMs = 3_000, misses = 2, timing = realTiming, ...options }: HeartbeatOptions) {
    this.#options = { everyMs, deadlineMs, misses, timing, ...options };
    this.#answeredAt = timing.now();
  }

  /** How long ago the other side has answered. */
  get ageMs(): number {
    return this.#options.timing.now() - this.#answeredAt;
  }

  start(): void {
    this.#plan(this.#options.everyMs);
  }

  now(): void {
    if (!this.#isBeating) void this.#beat();
  }

  stop(): void {
    this.#isStopped = true;
    this.#next();
  }

  #plan(delayMs: number): void {
    this.#next();
    if (!this.#isStopped) this.#next = this.#options.timing.after(delayMs, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    if (this.#isStopped) return;
    this.#next();
    this.#isBeating = true;
    const { beat, deadlineMs, everyMs, misses, timing, onSilent } = this.#options;
    try {
      await withDeadline(beat, deadlineMs, timing);
      this.#answeredAt = timing.now();
      this.#missed = 0;
    } catch (error) {
      this.#missed += 1;
      if (this.#missed % misses === 0 && !this.#isStopped) onSilent(this.ageMs, error);
    } finally {
      this.#isBeating = false;
      // A refusal comes back at once: without the pause that would be a busy loop.
      this.#plan(this.#missed % misses === 0 ? everyMs : everyMs / 10);
    }
  }
}
