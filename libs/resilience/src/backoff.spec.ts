import { fullJitterMs, retry } from './backoff.ts';
import { RetryBudget } from './retry-budget.ts';
import { ManualTiming } from './testing.ts';

const policy = { firstMs: 100, maxMs: 1_000, retries: 3, withinMs: 10_000 };

test('waits at most twice as long each time, up to the cap', () => {
  expect([1, 2, 3, 4, 5, 6].map((attempt) => fullJitterMs(attempt, policy, () => 1))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(fullJitterMs(3, policy, () => 0)).toBe(0);
});

test('gives up after the agreed number of retries, with the last error', async () => {
  const timing = new ManualTiming();
  let tries = 0;
  const outcome = retry(() => Promise.reject(new Error(`try ${(tries += 1)}`)), policy, () => true, timing).catch((error: unknown) => error);
  await timing.advance(10_000);
  expect(await outcome).toMatchObject({ message: 'try 4' });
});

test('gives up at once when the error says that trying again is no use', async () => {
  let tries = 0;
  const work = (): Promise<never> => Promise.reject(new Error(`try ${(tries += 1)}`));
  await expect(retry(work, policy, () => false)).rejects.toThrow('try 1');
});

test('begins no wait that would end too late', async () => {
  const timing = new ManualTiming();
  let tries = 0;
  const outcome = retry(() => Promise.reject(new Error(`try ${(tries += 1)}`)), { ...policy, retries: 100, withinMs: 300 }, () => true, timing).catch((error: unknown) => error);
  await timing.advance(300);
  expect(await outcome).toMatchObject({ message: 'try 3' });
});

test('a retry budget allows ten retries at once and then one for every ten successes', () => {
  const budget = new RetryBudget();
  const taken = Array.from({ length: 12 }, () => budget.take()).filter(Boolean).length;
  expect(taken).toBe(10);
  for (let success = 0; success < 11; success += 1) budget.succeeded();
  expect([budget.take(), budget.take()]).toEqual([true, false]);
});
