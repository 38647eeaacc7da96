import { counter, countedElsewhere, gauge, histogram } from '@checkout/observability';
import type { Breaker, BreakerState } from '@checkout/resilience';
import type { Database } from '@checkout/sql';

const stateNumbers: Readonly<Record<BreakerState, number>> = { closed: 0, ramping: 1, open: 2 };

/** What `/metrics` shows of the breakers. Levels and counts are read when somebody looks; only changes of state are noted as they happen. */
export function showBreakers(breakers: () => readonly Breaker[]): { readonly watch: (breaker: Breaker) => void } {
  const level = (name: string, help: string, read: (breaker: Breaker) => number): void => {
    gauge(name, help, ['breaker'], (self) => {
      for (const breaker of breakers()) self.set({ breaker: breaker.name }, read(breaker));
    });
  };
  const count = (name: string, help: string, read: (breaker: Breaker) => number): void =>
    countedElsewhere(name, help, ['breaker'], () => breakers().map((breaker) => [{ breaker: breaker.name }, read(breaker)]));

  level('breaker_state', '0 closed, 1 ramping, 2 open', (breaker) => stateNumbers[breaker.state]);
  level('breaker_held', '1 while an operator holds it', (breaker) => (breaker.held ? 1 : 0));
  level('stuck_calls', 'Calls whose caller was told at the deadline and whose work has not ended', (breaker) => breaker.load.late);
  level('bulkhead_inflight', 'Calls under way', (breaker) => breaker.load.inFlight);
  level('bulkhead_queue', 'Calls that wait for a place', (breaker) => breaker.load.waiting);
  level('bulkhead_limit', 'Calls that may be under way at once', (breaker) => breaker.load.limit);
  count('bulkhead_rejected_total', 'Calls refused because too much was under way', (breaker) => breaker.counts.full);
  count('breaker_calls_total', 'Calls that reached the dependency', (breaker) => breaker.counts.calls);
  count('breaker_rejected_total', 'Calls refused because the breaker was open', (breaker) => breaker.counts.rejected);
  count('deadline_total', 'Calls given up at their deadline', (breaker) => breaker.counts.deadlines);

  const opened = counter('breaker_open_total', 'How often it opened, by what for', ['breaker', 'cause']);
  const timeToOpen = histogram('breaker_time_to_open_seconds', 'From the beginning of the first call that met the trouble to the opening', ['breaker']);
  const callsToOpen = histogram('breaker_calls_to_open', 'Calls that met the trouble until it opened', ['breaker'], [1, 2, 3, 5, 8, 12, 20, 50, 100]);
  const timeToClose = histogram('breaker_open_seconds', 'From opening to letting calls pass again', ['breaker'], [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800]);
  return {
    watch(breaker) {
      breaker.onTransition(({ to, kind = 'unknown', from, opening, afterMs }) => {
        const labels = { breaker: breaker.name };
        if (to === 'open') opened.inc({ ...labels, cause: kind });
        if (opening) {
          timeToOpen.observe(labels, opening.tookMs / 1_000);
          callsToOpen.observe(labels, opening.calls);
        }
        if (from === 'open') timeToClose.observe(labels, afterMs / 1_000);
      });
    },
  };
}

/** What `/metrics` shows of the pools and retry budgets behind them. */
export function showDatabases(databases: () => Iterable<Database>): void {
  const level = (name: string, help: string, read: (database: Database) => number): void => {
    gauge(name, help, ['database'], (self) => {
      for (const database of databases()) self.set({ database: database.name }, read(database));
    });
  };
  level('pool_used', 'Connections that are lent', (database) => database.figures.pool.used);
  level('pool_free', 'Connections that wait to be lent', (database) => database.figures.pool.free);
  level('pool_pending', 'Borrowers that wait in the pool; should be 0, since the bulkhead is as wide', (database) => database.figures.pool.pending);
  level('retry_tokens', 'Retries saved up', (database) => database.figures.retryTokens);
}
