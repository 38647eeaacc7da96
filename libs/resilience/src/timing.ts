/** Undoes what it was returned for; calling it again does nothing. */
export type Cancel = () => void;

/** Time and chance as this library sees them. Production uses `realTiming`; a test passes its own and so owns both. */
export interface Timing {
  /** Milliseconds from some fixed point. It never runs backwards, unlike the wall clock. */
  readonly now: () => number;
  readonly after: (delayMs: number, callback: () => void) => Cancel;
  /** Does not keep the process alive. */
  readonly every: (intervalMs: number, callback: () => void) => Cancel;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const realTiming: Timing = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs).unref();
    return () => clearInterval(timer);
  },
  random: Math.random,
};

export const sleep = (delayMs: number, timing: Timing = realTiming): Promise<void> =>
  new Promise((resolve) => timing.after(delayMs, resolve));
