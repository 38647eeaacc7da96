import { setTimeout as sleep } from 'node:timers/promises';
import { DependencyUnavailable } from '@checkout/resilience';

/** Less than a function may run (`host.json`: five minutes), and than the host keeps renewing a message's lock. */
const patienceMs = 4 * 60_000;

/**
 * Does work that a message asks for, and waits where the database is out: a function that throws gives its message back, and so many times given back is
 * dead-lettered. An outage must not cost a delivery each second.
 * @throws DependencyUnavailable when the outage lasts longer than a function may; anything else at once
 */
export async function patiently(work: () => Promise<void>, { forMs = patienceMs, pauseMs = 2_000 } = {}): Promise<void> {
  const until = performance.now() + forMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof DependencyUnavailable) || performance.now() >= until) throw error;
      await sleep(pauseMs);
    }
  }
}
