import { seconds } from '@checkout/kernel';
import { noon, sale } from '../testing.ts';
import type { OverdueTender } from './ports.ts';
import { ResolveTenders } from './resolve-tenders.ts';

const tender = (position: number): OverdueTender => ({ ...sale, position, round: 1, attempt: 1 });

function setUp(found: readonly OverdueTender[], asking: readonly number[] = []) {
  const clock = { now: noon };
  const looked: number[] = [];
  const overdue: OverdueTender[] = [];
  const resolve = new ResolveTenders(
    { find: (now) => (looked.push(now), Promise.resolve([...found])) },
    (tender) => (overdue.push(tender), Promise.resolve()),
    { isAsking: ({ position }) => asking.includes(position) },
    () => clock.now,
  );
  return { resolve, clock, looked, overdue };
}

describe('resolving tenders in doubt', () => {
  it('asks again about each whose answer is overdue', async () => {
    const { resolve, overdue } = setUp([tender(1), tender(2)]);
    await expect(resolve.sweep()).resolves.toBe(2);
    expect(overdue).toEqual([tender(1), tender(2)]);
  });

  it('leaves alone those that this process is asking about at this moment', async () => {
    const { resolve, overdue } = setUp([tender(1), tender(2)], [1]);
    await resolve.sweep();
    expect(overdue).toEqual([tender(2)]);
  });

  it('takes over at once, after a start, what a dead process had asked more than three seconds ago', async () => {
    const { resolve, clock, looked } = setUp([]);
    await resolve.sweep();
    clock.now = noon + seconds(5);
    await resolve.sweep();
    expect(looked).toEqual([noon + seconds(17), noon + seconds(5)]);
  });
});
