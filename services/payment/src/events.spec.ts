import { createLogger, metricsText } from '@checkout/observability';
import { setTimeout as sleep } from 'node:timers/promises';
import { booksCompared } from './events.ts';

const age = async (): Promise<number> => Number(/^payment_books_age_seconds (\S+)$/m.exec(await metricsText())?.[1]);

it('OP19 tells how long the books were not compared, so that a comparison that never comes is missed', async () => {
  await sleep(300);
  const before = await age();
  booksCompared(createLogger({ service: 'payment', level: 'silent' }), { compared: 1, different: 0 });
  const after = await age();

  expect(before).toBeGreaterThan(0.25);
  expect(after).toBeLessThan(before);
});
