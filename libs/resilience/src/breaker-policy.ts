import type { ProbePolicy } from './prober.ts';

export interface BreakerPolicy {
  /** Wall-clock time one call may take. */
  readonly deadlineMs: number;
  /** Calls at once, how many may wait for a place, and how long. */
  readonly concurrency: number;
  readonly queue: number;
  readonly queueWaitMs: number;
  /** Opens when more than this share of at least `minimumCalls` calls of the last `windowMs` failed … */
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly errorPercent: number;
  /** … or this many in a row did, which a quiet shop reaches as well … */
  readonly failuresInARow: number;
  /** … or this share of them took more than `slowPercentOfDeadline` of the deadline: it answers, but soon nobody will wait for it. */
  readonly slowPercent: number;
  readonly slowPercentOfDeadline: number;
  /** A call that takes longer is slow for whoever waits for it, though nothing is wrong: `isSluggish` tells when that is no exception. */
  readonly sluggishMs: number;
  /** How long after an outage the calls at once grow from 1 to `concurrency`. */
  readonly rampMs: number;
  readonly probe: ProbePolicy;
}

/** The measured design (docs: reliability §6.3, §6.4). A dependency overrides what its own budget says. */
export const defaultPolicy: BreakerPolicy = {
  deadlineMs: 3_000,
  concurrency: 8,
  queue: 16,
  queueWaitMs: 150,
  windowMs: 5_000,
  minimumCalls: 20,
  errorPercent: 50,
  failuresInARow: 5,
  slowPercent: 80,
  slowPercentOfDeadline: 70,
  sluggishMs: 200,
  rampMs: 10_000,
  probe: { goodInARow: 3, gapMs: 200, deadlineMs: 400, delaysMs: () => [1_000, 2_000, 4_000, 8_000] },
};
