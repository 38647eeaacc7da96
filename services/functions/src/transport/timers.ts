import type { app as App } from '@azure/functions';
import type { Desk } from '../desk.ts';

/** A timer function is given less time than until it is called again, so that it never overtakes itself. */
const indexMs = 8_000;
const compareMs = 50_000;
const runMs = 20_000;

/** What the desk does by itself: index what is new, notice what is gone, work plans off. */
export function runTimers(app: typeof App, desk: Desk): void {
  app.timer('index-new-dead-letters', {
    schedule: '*/10 * * * * *',
    handler: async () => {
      const found = await desk.indexing.findNew(Date.now() + indexMs);
      if (found > 0) desk.logger.warn({ found }, 'new dead letters');
    },
  });
  app.timer('notice-gone-dead-letters', {
    schedule: '30 * * * * *',
    handler: async () => {
      const { gone, unknown } = await desk.indexing.compare(Date.now() + compareMs);
      if (gone > 0) desk.logger.info({ gone }, 'dead letters are gone from their queues');
      if (unknown > 0) desk.logger.warn({ unknown }, 'dead letters lie where the index had looked before: was a subscription made again?');
    },
  });
  app.timer('run-plans', {
    schedule: '*/2 * * * * *',
    handler: async () => {
      await desk.workPlans.work(Date.now() + runMs);
    },
  });
}
