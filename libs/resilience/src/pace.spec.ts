import { Pace } from './pace.ts';
import { ManualTiming } from './testing.ts';

function given() {
  const timing = new ManualTiming();
  const others = { wait: false };
  return { timing, others, pace: new Pace({ isOthersTurn: () => others.wait, growMs: 10_000, timing }) };
}

test('work that nobody waits for usually takes all the time it wants', async () => {
  const { pace, timing } = given();
  await timing.advance(1_000);
  expect(pace.restMs(20)).toBe(0);
});

test('after an outage it takes an eighth of the time, and ten seconds later all of it', async () => {
  const { pace, timing } = given();
  pace.startSlowly();
  expect(pace.restMs(10)).toBe(70);
  await timing.advance(5_000);
  expect(pace.restMs(10)).toBeCloseTo(7.8, 1);
  await timing.advance(5_000);
  expect(pace.restMs(10)).toBe(0);
});

test('it gives way while those who wait are served slowly, and never quite stops', async () => {
  const { pace, timing, others } = given();
  others.wait = true;
  expect(pace.restMs(10)).toBe(10);
  await timing.advance(100);
  expect(pace.restMs(10)).toBe(10);
  await timing.advance(400);
  expect(pace.restMs(10)).toBe(30);
  for (let round = 0; round < 10; round += 1) {
    await timing.advance(500);
    pace.restMs(10);
  }
  expect(pace.share).toBe(1 / 8);
  others.wait = false;
  await timing.advance(12_000);
  expect(pace.restMs(10)).toBe(0);
});
