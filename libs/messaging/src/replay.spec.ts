import { ManualTiming } from '@checkout/resilience/testing';
import { Replay } from './replay.ts';

const startedAt = Date.UTC(2026, 10, 22, 4, 30);

function given({ speed = 5 } = {}) {
  const timing = new ManualTiming();
  const told: { ageMs: number; lateMs: number }[] = [];
  const replay = new Replay({ speed: { value: speed, observe: (ageMs, lateMs) => void told.push({ ageMs, lateMs }) }, clock: () => startedAt + timing.now(), timing });
  const handled: string[] = [];
  const ours = {};
  const come = (name: string, ageMs: number, partition: object = ours, saleAgeMs?: number): void => {
    const now = startedAt + timing.now();
    const turn = replay.turnOf(partition, now - ageMs, saleAgeMs === undefined ? undefined : now - saleAgeMs);
    if (turn) void turn.then((isItsTurn) => handled.push(isItsTurn ? name : `${name} given back`));
    else handled.push(name);
  };
  /** One message a second was put onto the bus, the last one a second ago. */
  const backlogOf = (seconds: number): void => {
    for (let age = seconds; age > 0; age -= 1) come(`${age} s old`, age * 1_000);
  };
  return { timing, told, replay, ours, handled, come, backlogOf };
}

test('what has just come is handled at once', () => {
  const { handled, come } = given();
  come('the first', 10);
  come('the second', 4_000);
  expect(handled).toEqual(['the first', 'the second']);
});

test('a backlog is let through five times as fast as it came, in its order', async () => {
  const { timing, handled, backlogOf } = given({ speed: 5 });
  backlogOf(100);
  await timing.advance(10_000);
  expect(handled.length).toBeGreaterThanOrEqual(48);
  expect(handled.length).toBeLessThanOrEqual(53);
  expect(handled).toEqual(Array.from(handled, (_, index) => `${100 - index} s old`));
});

test('the sooner a backlog came together, the sooner it goes through', async () => {
  const { timing, handled, come } = given();
  for (let count = 0; count < 200; count += 1) come(`${count}`, 60_000 - count * 10);
  await timing.advance(1_000);
  expect(handled).toHaveLength(200);
});

test('a sale that begins now goes before the backlog, and its messages keep their order', async () => {
  // given
  const { timing, handled, come, ours, backlogOf } = given();
  backlogOf(200);

  // when
  come('asked', 0, ours, 1_000);
  expect(handled).toEqual(['asked']);
  await timing.advance(30_000);
  come('asked again, and no longer young', 0, ours, 31_000);
  come('undone', 0, ours, 31_500);

  // then
  expect(handled.at(-1)).not.toMatch(/asked|undone/);
  await timing.advance(30_000);
  expect(handled.slice(-2)).toEqual(['asked again, and no longer young', 'undone']);
});

test('what asks again about an old sale stands behind the backlog of its partition, and live messages go at once when that is gone', async () => {
  const { timing, handled, come, ours, backlogOf } = given();
  backlogOf(20);
  come('asked again', 0, ours, 600_000);
  expect(handled).toEqual([]);
  await timing.advance(6_000);
  expect(handled.at(-1)).toBe('asked again');
  come('live', 0);
  expect(handled.at(-1)).toBe('live');
});

test('an id that holds no time, or one of years to come, goes before nothing', () => {
  const { handled, come, ours, backlogOf } = given();
  backlogOf(20);
  come('random', 0, ours, -9e12);
  come('unreadable', 0, ours, NaN);
  expect(handled).toEqual([]);
});

test('one message that comes again late holds nobody up: a gap is not replayed', async () => {
  const { timing, handled, come } = given();
  come('abandoned an hour ago', 3_600_000);
  come('ten minutes old', 600_000);
  come('live', 0);
  await timing.advance(600);
  expect(handled).toEqual(['abandoned an hour ago', 'ten minutes old', 'live']);
});

test('partitions that are far behind go together, at the speed of all that came', async () => {
  // given
  const { timing, handled, come } = given({ speed: 5 });
  const others = Array.from({ length: 7 }, () => ({}));
  for (let age = 100; age > 0; age -= 1) come(`${age} s old`, age * 1_000, others[age % 7]);

  // when
  await timing.advance(10_000);

  // then
  expect(handled.length).toBeGreaterThanOrEqual(48);
  expect(handled.length).toBeLessThanOrEqual(53);
});

test('a partition that comes later than the others catches up with them at once', async () => {
  const { timing, handled, come, backlogOf } = given();
  backlogOf(100);
  await timing.advance(2_000);
  come('theirs', 100_000, {});
  expect(handled).not.toContain('theirs');
  await timing.advance(200);
  expect(handled).toContain('theirs');
});

test('what still waits when the partition is let go is given back', async () => {
  const { timing, handled, come, replay, ours } = given();
  come('old', 60_000);
  replay.giveBack(ours);
  await timing.advance(1_000);
  expect(handled).toEqual(['old given back']);
});

test('how far behind it is, and how late its timers come, is told with each turn', async () => {
  const { timing, told, backlogOf } = given();
  backlogOf(60);
  await timing.advance(1_000);
  expect(told).toHaveLength(5);
  expect(told.every(({ lateMs }) => lateMs === 0)).toBe(true);
  expect(told[0]?.ageMs).toBeGreaterThan(59_000);
  expect(told.at(-1)?.ageMs).toBeLessThan(58_001);
});
