import { DeadlineExceeded } from './errors.ts';
import type { Timing } from './timing.ts';

/**
 * Runs `work` and stops waiting after `deadlineMs` of wall-clock time: the signal is aborted and the caller is told at once.
 * `onLate` is then given a promise of the work's real end: until it resolves, the work still occupies what it occupied.
 * @throws DeadlineExceeded when the time is up; otherwise whatever `work` throws.
 */
export function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  deadlineMs: number,
  timing: Timing,
  onLate?: (ended: Promise<void>) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // One controller for each call: Opossum's is shared, and one slow call would abort its neighbours.
    const controller = new AbortController();
    const running = started(work, controller.signal);
    const cancel = timing.after(deadlineMs, () => {
      onLate?.(running.then(ignored, ignored));
      const late = new DeadlineExceeded(deadlineMs);
      reject(late);
      controller.abort(late);
    });
    running.then(
      (result) => {
        cancel();
        resolve(result);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}

const ignored = (): void => {};

function started<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return work(signal);
  } catch (error) {
    return Promise.reject(error);
  }
}
