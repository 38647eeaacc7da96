import { DeadlineExceeded } from './errors.ts';
import type { Timing } from './timing.ts';

/**
 * Runs `work` and stops waiting after `deadlineMs` of wall-clock time: the signal is aborted and the caller is told at once.
 * `settled` is called when the work itself has ended, which may be later: until then it still occupies what it occupied.
 * @throws DeadlineExceeded when the time is up; otherwise whatever `work` throws.
 */
export function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  deadlineMs: number,
  timing: Timing,
  settled: () => void = () => {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // One controller for each call: Opossum's is shared, and one slow call would abort its neighbours.
    const controller = new AbortController();
    const cancel = timing.after(deadlineMs, () => {
      const late = new DeadlineExceeded(deadlineMs);
      reject(late);
      controller.abort(late);
    });
    const end = (): void => {
      cancel();
      settled();
    };
    started(work, controller.signal).then(
      (result) => {
        end();
        resolve(result);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}

function started<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return work(signal);
  } catch (error) {
    return Promise.reject(error);
  }
}
