import { ManualTiming } from '@checkout/resilience/testing';
import { Heartbeat } from './heartbeat.ts';

function given() {
  const timing = new ManualTiming();
  const other: { answer: 'well' | 'silent' | 'refuses'; beats: number } = { answer: 'well', beats: 0 };
  const silences: number[] = [];
  const heartbeat = new Heartbeat({
    timing,
    beat: () => {
      other.beats += 1;
      if (other.answer === 'well') return Promise.resolve();
      return other.answer === 'silent' ? new Promise(() => {}) : Promise.reject(new Error('refused'));
    },
    onSilent: (silentMs) => silences.push(silentMs),
  });
  heartbeat.start();
  return { timing, other, silences, heartbeat };
}

test('asks every five seconds and is content with any answer', async () => {
  const { timing, other, silences, heartbeat } = given();
  await timing.advance(60_000);
  expect(other.beats).toBe(12);
  expect(silences).toEqual([]);
  expect(heartbeat.ageMs).toBeLessThan(5_001);
});

test('tells of a silence at the second miss in a row, within twelve seconds', async () => {
  const { timing, other, silences } = given();
  await timing.advance(5_000);
  other.answer = 'silent';
  await timing.advance(12_000);
  expect(silences).toHaveLength(1);
  expect(silences[0]).toBeLessThan(12_000);
});

test('one miss is no silence', async () => {
  const { timing, other, silences } = given();
  other.answer = 'silent';
  await timing.advance(8_100);
  other.answer = 'well';
  await timing.advance(60_000);
  expect(silences).toEqual([]);
});

test('tells again while it lasts, and is no busy loop when it is refused at once', async () => {
  const { timing, other, silences } = given();
  other.answer = 'refuses';
  await timing.advance(60_000);
  expect(silences.length).toBeGreaterThan(5);
  expect(other.beats).toBeLessThan(30);
});

test('whoever has waited in vain has the next beat at once', async () => {
  const { timing, other, silences, heartbeat } = given();
  await timing.advance(5_000);
  other.answer = 'silent';
  heartbeat.now();
  await timing.advance(6_600);
  expect(silences).toHaveLength(1);
});

test('stops when it is told to, also in the middle of a beat', async () => {
  const { timing, other, silences, heartbeat } = given();
  other.answer = 'silent';
  await timing.advance(6_000);
  heartbeat.stop();
  await timing.advance(60_000);
  expect(other.beats).toBe(1);
  expect(silences).toEqual([]);
});
