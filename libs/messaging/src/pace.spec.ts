import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope, Message } from '@checkout/contracts';
import { createLogger } from '@checkout/observability';
import { sql } from '@checkout/sql';
import type { Handler } from './handler.ts';
import { Pipeline } from './pipeline.ts';

type Sell = Message<'sell', { readonly what: string }>;

/** A service whose commits take their time, and the order in which things are sold. */
function given(restMs: (tookMs: number) => number) {
  const sold: string[] = [];
  const handler: Handler<Sell, never, null, string, never, undefined> = {
    needs: () => [],
    decide: (_, { message: { body: { what } } }) => ({ changes: [what], answer: undefined }),
  };
  const pipeline = new Pipeline<never, null, string>({
    service: 'shop',
    logger: createLogger({ service: 'tests', level: 'silent' }),
    database: { queries: () => Promise.resolve([] as never), commit: () => new Promise((resolve) => setTimeout(resolve, 5)) },
    bus: { send: () => Promise.resolve() },
    store: { load: () => ({ select: sql`SELECT 1;`, recordsets: [], toRows: () => null }), apply: () => {}, write: () => [sql`UPDATE shop;`] },
    onCommitted: (changes) => sold.push(...changes),
    pace: { restMs },
  });
  const local = (what: string): Promise<unknown> => pipeline.submit(handler, { type: 'sell', body: { what } }, { tenantId: 'acme' });
  const fromBus = (what: string): Promise<void> => new Promise((resolve) => {
    pipeline.take({
      handler: handler as unknown as Handler<Message, never, null, string, never, unknown>, message: { type: 'sell', body: { what } },
      envelope: { id: what, source: '/tests', type: 'sell', time: '', tenantId: 'acme' } as unknown as Envelope, isFromBus: true, done: () => resolve(),
    });
  });
  return { pipeline, sold, local, fromBus };
}

test('whoever waits goes before the backlog', async () => {
  const { sold, local, fromBus } = given(() => 0);
  const backlog = Array.from({ length: 200 }, (_, index) => fromBus(`backlog ${index}`));
  await local('a till');
  expect(sold.indexOf('a till')).toBe(0);
  await Promise.all(backlog);
  expect(sold).toHaveLength(201);
});

test('a till that comes while the backlog rests does not wait for the end of the rest', async () => {
  const { sold, local, fromBus } = given(() => 500);
  await fromBus('backlog 1');
  const second = fromBus('backlog 2');
  const startedAt = performance.now();
  await sleep(50);
  await local('a till');
  expect(performance.now() - startedAt).toBeLessThan(400);
  expect(sold).toEqual(['backlog 1', 'a till']);
  await second;
  expect(performance.now() - startedAt).toBeGreaterThan(400);
});

test('the backlog rests in proportion to what it took', async () => {
  const rests: number[] = [];
  const { fromBus } = given((tookMs) => {
    rests.push(tookMs);
    return tookMs * 7;
  });
  const startedAt = performance.now();
  for (let count = 0; count < 4; count += 1) await fromBus(`backlog ${count}`);
  const tookMs = performance.now() - startedAt;
  const [first = 0, second = 0, third = 0] = rests;
  expect(tookMs).toBeGreaterThan((first + second + third) * 7 * 0.9);
});

test('the end of the process does not wait for a rest', async () => {
  const { pipeline, fromBus, sold } = given(() => 500);
  await fromBus('backlog 1');
  const last = fromBus('backlog 2');
  const startedAt = performance.now();
  await pipeline.close(100);
  await last;
  expect(performance.now() - startedAt).toBeLessThan(400);
  expect(sold).toEqual(['backlog 1', 'backlog 2']);
});
