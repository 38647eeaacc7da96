import { measureBreaker } from './breaker-figures.ts';

/** Twice what is promised, since this machine has other things to do; the figures themselves: `node tools/run.mjs file libs/sql/src/breaker-figures.ts`. */
test('an outage is found within a second, costs few calls, is refused at once, and is over soon after the database is back', async () => {
  const { timeToOpenMs, stuckCalls, refusalMs, timeToCloseMs } = await measureBreaker({ callsPerSecond: 100, outageMs: 1_500 });
  expect(timeToOpenMs).toBeLessThan(2_000);
  expect(stuckCalls).toBeLessThanOrEqual(12);
  expect(refusalMs.p50).toBeLessThan(5);
  expect(timeToCloseMs).toBeLessThan(12_000);
});
