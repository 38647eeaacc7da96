/** One test for each row of the table of pitfalls that were measured in Opossum: what would go wrong, and that it does not here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BreakerPolicy } from './breaker-policy.ts';
import { Breaker, type Verdict } from './breaker.ts';
import { BulkheadFull, DeadlineExceeded, DependencyUnavailable } from './errors.ts';
import { ManualTiming, settle } from './testing.ts';

class Outcome extends Error {
  constructor(readonly verdict: Verdict) {
    super(verdict);
  }
}

const ignored = (): void => {};
const never = (): Promise<never> => new Promise(() => {});
const failing = (verdict: Verdict) => (): Promise<never> => Promise.reject(new Outcome(verdict));

function given(policy: Partial<BreakerPolicy> = {}) {
  const timing = new ManualTiming(1);
  const database = { probe: (): Promise<void> => Promise.resolve() };
  const breaker = new Breaker({ name: 'cart/accept', policy, timing, classify: (error) => (error instanceof Outcome ? error.verdict : 'fail'), probe: () => database.probe() });
  const fails = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await breaker.run(failing('fail')).catch(ignored);
  };
  return { timing, database, breaker, fails };
}

/** What is shipped, without comments: what it does not say, it does not do. */
const root = join(import.meta.dirname, '../../..');
const shipped = ['libs', 'services'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('node_modules'))
  .map((path) => ({ path: join(folder, path), text: readFileSync(join(root, folder, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '') })));
const usersOfOpossum = shipped.filter(({ text }) => /from 'opossum'/.test(text));

test('O1 a time-out aborts its own call and no other, now or later', async () => {
  const { breaker, timing } = given({ deadlineMs: 500, failuresInARow: 100 });
  const signals: AbortSignal[] = [];
  const call = (): void => void breaker.run((signal) => {
    signals.push(signal);
    return never();
  }).catch(ignored);
  call();
  await timing.advance(300);
  call();
  await timing.advance(200);
  call();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false]);
});

test('O2 a call that was given up keeps its place until it has really ended', async () => {
  const { breaker, timing } = given({ deadlineMs: 100, concurrency: 2, queue: 0, failuresInARow: 100 });
  for (let round = 0; round < 5; round += 1) {
    for (let index = 0; index < 2; index += 1) await breaker.run(() => Promise.reject(new Error('x'))).catch(ignored);
    void breaker.run(never).catch(ignored);
    await timing.advance(100);
  }
  expect(breaker.load.inFlight).toBe(2);
  await expect(breaker.run(never)).rejects.toBeInstanceOf(BulkheadFull);
});

test('O3 nothing runs in the place of a call whose outcome is unknown', async () => {
  const { breaker, timing } = given({ deadlineMs: 100 });
  const work = jest.fn(never);
  const outcome = breaker.run(work).catch((error: unknown) => error);
  await timing.advance(5_000);
  expect(await outcome).toBeInstanceOf(DeadlineExceeded);
  expect(work).toHaveBeenCalledTimes(1);
  expect(usersOfOpossum.filter(({ text }) => text.includes('.fallback('))).toEqual([]);
});

test('O4 a listener that throws makes no failure of a committed call, nor another error of a failed one', async () => {
  const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(ignored);
  const { breaker, timing } = given({ deadlineMs: 1_000, concurrency: 30 });
  breaker.onTransition(() => {
    throw new Error('a defect in the metrics');
  });
  // So slow that the last of them opens it.
  const calls = Promise.all(Array.from({ length: 20 }, () => breaker.run(() => new Promise((resolve) => timing.after(900, () => resolve('committed'))))));
  await timing.advance(900);
  expect(new Set(await calls)).toEqual(new Set(['committed']));
  expect(breaker.state).toBe('open');
  await timing.advance(1_400);
  await expect(breaker.run(() => Promise.resolve('committed'))).resolves.toBe('committed');
  await expect(breaker.run(failing('trip'))).rejects.toBeInstanceOf(Outcome);
  expect(breaker.state).toBe('open');
  warnings.mockRestore();
});

test('O5 a classifier that throws hangs no call', async () => {
  const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(ignored);
  const breaker = new Breaker({ name: 'cart', probe: never, classify: () => {
    throw new Error('a defect in the classifier');
  } });
  const real = new Error('the real one');
  await expect(breaker.run(() => Promise.reject(real))).rejects.toBe(real);
  await breaker[Symbol.asyncDispose]();
  warnings.mockRestore();
});

test('O6 a probe that hangs does not keep it open for ever', async () => {
  const { breaker, database, fails, timing } = given();
  database.probe = never;
  await fails(5);
  await timing.advance(120_000);
  expect(breaker.state).toBe('open');
  database.probe = () => Promise.resolve();
  await timing.advance(10_000);
  expect(breaker.state).toBe('ramping');
});

test('O7 a call from before the outage neither closes it nor opens it again', async () => {
  const { breaker, database, fails, timing } = given({ deadlineMs: 60_000 });
  const [good, bad] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const calls = [breaker.run(() => good.promise), breaker.run(() => bad.promise).catch(ignored)];
  database.probe = never;
  await fails(5);
  good.resolve();
  await timing.advance(100);
  expect(breaker.state).toBe('open');
  database.probe = () => Promise.resolve();
  await timing.advance(10_000);
  bad.reject(new Outcome('trip'));
  await Promise.all(calls);
  expect(breaker.state).toBe('ramping');
});

test('O8 a caller who gives up says nothing about the database, good or bad', async () => {
  const { breaker, fails } = given();
  await fails(4);
  for (let count = 0; count < 100; count += 1) await breaker.run(failing('neutral')).catch(ignored);
  expect(breaker.state).toBe('closed');
  await fails(1);
  expect(breaker.state).toBe('open');
});

test('O9 load alone does not open it', async () => {
  const { breaker } = given({ concurrency: 1, queue: 0 });
  void breaker.run(never).catch(ignored);
  for (let count = 0; count < 500; count += 1) await breaker.run(never).catch(ignored);
  await settle();
  expect(breaker.state).toBe('closed');
});

test('O10 calls that were refused do not make it blind afterwards, neither to five in a row nor to a rate', async () => {
  const { breaker, fails, timing } = given();
  await fails(505);
  expect(breaker.counts.rejected).toBe(500);
  await timing.advance(1_400);
  await fails(5);
  expect(breaker.state).toBe('open');

  const byRate = given({ failuresInARow: Infinity });
  await byRate.breaker.run(failing('trip')).catch(ignored);
  await byRate.fails(500);
  await byRate.timing.advance(1_400);
  await byRate.fails(25);
  expect(byRate.breaker.state).toBe('open');
});

test('O11 a shop with a sale a minute finds out as well', async () => {
  const { breaker, fails, timing } = given();
  for (let minute = 0; minute < 4; minute += 1) {
    await fails(1);
    await timing.advance(60_000);
  }
  expect(breaker.state).toBe('closed');
  await fails(1);
  expect(breaker.state).toBe('open');
});

test('O12 at 200 calls a second a black hole opens it within a second, and at most 12 calls have met it', async () => {
  const { breaker, timing } = given({ deadlineMs: 550, concurrency: 8, queue: 16, queueWaitMs: 150 });
  for (let warm = 0; warm < 1_000; warm += 1) await breaker.run(() => Promise.resolve());
  const before = breaker.counts.calls;
  let openedAfterMs = 0;
  for (; breaker.state === 'closed' && openedAfterMs < 5_000; openedAfterMs += 5) {
    void breaker.run(never).catch(ignored);
    await timing.advance(5);
  }
  expect(openedAfterMs).toBeLessThanOrEqual(1_000);
  expect(breaker.counts.calls - before).toBeLessThanOrEqual(12);
});

test('O13 after the outage they come one at a time at first, not five hundred at once', async () => {
  const { breaker, fails, timing } = given({ concurrency: 8, queue: 1_000 });
  await fails(5);
  await timing.advance(1_400);
  let [inside, most] = [0, 0];
  for (let count = 0; count < 500; count += 1) {
    void breaker.run(async () => {
      most = Math.max(most, (inside += 1));
      await settle();
      inside -= 1;
    }).catch(ignored);
  }
  await settle();
  expect(most).toBe(1);
});

test('O14 it is never half-open: while the prober finds the database out, not one call is let through', async () => {
  const { breaker, database, fails, timing } = given();
  database.probe = failing('trip');
  await fails(5);
  const before = breaker.counts.calls;
  for (let hour = 0; hour < 24; hour += 1) {
    await timing.advance(3_600_000);
    await expect(breaker.run(() => Promise.resolve())).rejects.toBeInstanceOf(DependencyUnavailable);
  }
  expect(breaker.counts.calls).toBe(before);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  expect(dependencies['opossum']).toMatch(/^\d+\.\d+\.\d+$/);
});

test('O14 nor is it after a month, when Opossum’s own longest timer has run out', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  try {
    const { breaker, database, fails } = given();
    database.probe = never;
    await fails(5);
    jest.advanceTimersByTime(31 * 24 * 3_600_000);
    await expect(breaker.run(() => Promise.resolve())).rejects.toBeInstanceOf(DependencyUnavailable);
  } finally {
    jest.useRealTimers();
  }
});

test('O19 two calls that look alike are two calls, each with its own answer', async () => {
  const { breaker } = given();
  const rowOf = (tenant: string) => function work() {
    return Promise.resolve(tenant);
  };
  expect(await Promise.all([breaker.run(rowOf('acme')), breaker.run(rowOf('globex')), breaker.run(rowOf('acme'))])).toEqual(['acme', 'globex', 'acme']);
  expect(breaker.counts.calls).toBe(3);
});

test.each([
  ['O15 its state is neither exported', /\.toJSON\(|toJSON\.state/], ['O16 nor imported, so that a restart begins closed', /\bstate:\s*\{|allowWarmUp/],
  ['O18 the statistics that sort every latency are not asked for', /\.stats\b|rollingPercentilesEnabled: true|enableSnapshots: true/],
  ['O19 it neither caches nor coalesces', /\bcache\b|\bcoalesce\b/], ['O20 it is never disabled or enabled', /\.disable\(|\.enable\(|\benabled:/],
])('%s', (_, forbidden) => {
  expect(usersOfOpossum.map(({ path }) => path)).toEqual([join('libs', 'resilience', 'src', 'breaker.ts')]);
  expect(usersOfOpossum.filter(({ text }) => forbidden.test(text))).toEqual([]);
});

test('O17 each process learns by itself: breakers of one name share nothing', async () => {
  const [one, other] = [given(), given()];
  await one.fails(5);
  expect([one.breaker.state, other.breaker.state]).toEqual(['open', 'closed']);
});

test('O18 a storm of 20,000 failures does not stop the process', async () => {
  const { breaker, fails } = given({ failuresInARow: Infinity, errorPercent: 100 });
  const startedAt = performance.now();
  await fails(20_000);
  expect(breaker.state).toBe('closed');
  expect(performance.now() - startedAt).toBeLessThan(10_000); // With Opossum's statistics it takes minutes.
});

test('O20 the switch for operators crashes nobody, whatever the call returns', async () => {
  const { breaker } = given();
  breaker.hold('closed');
  await expect(breaker.run(() => Promise.resolve(undefined))).resolves.toBeUndefined();
  breaker.hold('open');
  await expect(breaker.run(() => Promise.resolve(undefined))).rejects.toBeInstanceOf(DependencyUnavailable);
});
