import { callsToOpen, measureBreaker } from './breaker-figures.ts';

/** What can be counted. The times stand in docs/performance.md, by `node tools/run.mjs file libs/sql/src/breaker-figures.ts`. */
test('Q08 an outage at 100 calls a second meets at most twelve of them, then refuses every one, and is over when the database is back', async () => {
  const { timeToOpenMs, stuckCalls, reachedWhileOpen, timeToCloseMs } = await measureBreaker({ callsPerSecond: 100, outageMs: 1_500 });
  expect(stuckCalls).toBeGreaterThan(0);
  expect(stuckCalls).toBeLessThanOrEqual(12);
  expect(reachedWhileOpen).toBe(0);
  expect([timeToOpenMs, timeToCloseMs].every(Number.isFinite)).toBe(true);
});

test('Q01, Q08 a shop with few calls finds an outage out within five', async () => {
  expect(await callsToOpen()).toBeLessThanOrEqual(5);
});
