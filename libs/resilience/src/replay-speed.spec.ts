import { ReplaySpeed } from './replay-speed.ts';
import { ManualTiming } from './testing.ts';

function given() {
  const timing = new ManualTiming();
  const live = { isStrained: false };
  const speed = new ReplaySpeed({ isStrained: () => live.isStrained, timing });
  /** A backlog is worked off for so long, told of every fifth of a second. */
  const workOff = async (seconds: number, { ageMs = 60_000, lateMs = 1 } = {}): Promise<void> => {
    for (let turn = 0; turn < seconds * 5; turn += 1) {
      await timing.advance(200);
      speed.observe(ageMs, lateMs);
    }
  };
  return { timing, live, speed, workOff };
}

test('a backlog is begun carefully, and worked off at six times its speed while all is well', async () => {
  const { speed, workOff } = given();
  await workOff(1);
  expect(speed.value).toBeCloseTo(4.1);
  await workOff(60);
  expect(speed.value).toBe(6);
});

test('it gives way while live sales are strained, and still ends', async () => {
  const { speed, live, workOff } = given();
  await workOff(30);
  live.isStrained = true;
  await workOff(1);
  expect(speed.value).toBe(6 * 0.75);
  await workOff(60);
  expect(speed.value).toBe(3);
  live.isStrained = false;
  await workOff(40);
  expect(speed.value).toBe(6);
});

test('a process that waits for its processor takes that for strain', async () => {
  const { speed, workOff } = given();
  await workOff(2, { lateMs: 20 });
  expect(speed.value).toBeGreaterThan(4);
  await workOff(5, { lateMs: 60 });
  expect(speed.value).toBe(3);
});

test('one late timer is no strain', async () => {
  const { speed, workOff } = given();
  await workOff(10);
  await workOff(0.2, { lateMs: 100 });
  await workOff(1);
  expect(speed.value).toBeGreaterThan(5);
});

test('a backlog of ten hours is gone in about half an hour', async () => {
  const { speed, workOff } = given();
  await workOff(300, { ageMs: 10 * 3_600_000 });
  expect(speed.value).toBeCloseTo(21, 0);
});

test('another backlog is begun as carefully as the first', async () => {
  const { speed, timing, workOff } = given();
  await workOff(60);
  await timing.advance(20_000);
  speed.observe(60_000, 1);
  expect(speed.value).toBe(4);
});
