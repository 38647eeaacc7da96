import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for work of the SDK whose end nothing depends on, but not for ever: after a lost connection some of it never ends. Never rejects. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const limit = sleep(limitMs, undefined, { ref: false, signal: timer.signal }).catch(() => {});
  await Promise.race([work.catch(() => {}), limit]);
  timer.abort();
}
