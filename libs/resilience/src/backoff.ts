import { realTiming, sleep, type Timing } from './timing.ts';

export interface BackoffPolicy {
  /** Upper bound of the first wait; it doubles with each further one, up to `maxMs`. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** How often at most, the first try not counted … */
  readonly retries: number;
  /** … and no wait that would end later than this after the first try began. */
  readonly withinMs: number;
}

/** The wait before retry `retry` (from 1), in ms: anything from nothing to the bound, so that those who failed together do not return together. */
export const fullJitterMs = (retry: number, policy: BackoffPolicy, random: () => number): number =>
  random() * Math.min(policy.maxMs, policy.firstMs * 2 ** (retry - 1));

/**
 * Runs `work` again, after a wait, while `isRetriable` says so and the policy allows.
 * @throws the last error that `work` threw.
 */
export async function retry<T>(
  work: () => Promise<T>,
  policy: BackoffPolicy,
  isRetriable: (error: unknown) => boolean,
  timing: Timing = realTiming,
): Promise<T> {
  const endsAt = timing.now() + policy.withinMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt > policy.retries || !isRetriable(error)) throw error;
      const waitMs = fullJitterMs(attempt, policy, timing.random);
      if (timing.now() + waitMs > endsAt) throw error;
      await sleep(waitMs, timing);
    }
  }
}
