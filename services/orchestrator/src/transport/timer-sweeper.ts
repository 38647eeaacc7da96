import { seconds, type Clock } from '@checkout/kernel';
import type { Logger } from '@checkout/observability';
import { DependencyUnavailable } from '@checkout/resilience';
import type { DueTimer, DueTimers } from '../application/ports.ts';

const everyMs = seconds(1);
/** What one sweep takes on. After an outage thousands may be due; they come in turn, a sweep's worth a second. */
const batchSize = 200;

export interface TimerSweeperOptions<Timer> {
  readonly timers: DueTimers<Timer>;
  /** Handles one timer; resolves once that is durable. */
  readonly wake: (timer: Timer) => Promise<void>;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * Timers are rows, so that they survive whatever happens to this process; this looks which are due. One sweep is under way at a time.
 * Two instances that find the same timer do no harm: the second finds it set anew.
 */
export class TimerSweeper<Timer = DueTimer> {
  readonly #options: TimerSweeperOptions<Timer>;
  readonly #clock: Clock;
  #interval: NodeJS.Timeout | undefined;
  #sweep: Promise<void> | undefined;

  constructor(options: TimerSweeperOptions<Timer>) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  start(): void {
    this.#interval = setInterval(() => void this.sweep(), everyMs);
  }

  /** Waits for the sweep that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#interval);
    await this.#sweep;
  }

  /** Never rejects: what fails is due again at the next sweep. */
  sweep(): Promise<void> {
    this.#sweep ??= this.#wakeAllDue().finally(() => {
      this.#sweep = undefined;
    });
    return this.#sweep;
  }

  async #wakeAllDue(): Promise<void> {
    const { timers, wake, logger } = this.#options;
    try {
      const due = await timers.due(this.#clock(), batchSize);
      const outcomes = await Promise.allSettled(due.map((timer) => wake(timer)));
      const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
      const defect = failed.find((reason) => !(reason instanceof DependencyUnavailable));
      if (defect !== undefined) logger.error({ err: defect, failed: failed.length }, 'timers failed and will be tried again');
    } catch (err) {
      if (!(err instanceof DependencyUnavailable)) logger.error({ err }, 'due timers could not be read');
    }
  }
}
