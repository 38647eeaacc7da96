import { durationMs } from './topology.ts';

it.each([
  ['PT1M', 60_000],
  ['PT0.5S', 500],
  ['P1DT2H3M4S', 93_784_000],
  ['P14D', 1_209_600_000],
  ['P10675199DT2H48M5.4775807S', -1],
])('reads %s', (duration, expected) => {
  expect(durationMs(duration)).toBe(expected);
});

it.each(['', 'P', 'PT', '1M', 'P1Y', 'PT1'])('refuses %j as a duration', (duration) => {
  expect(() => durationMs(duration)).toThrow(RangeError);
});
