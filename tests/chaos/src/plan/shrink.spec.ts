import { makePlan } from './make-plan.ts';
import type { Fault, Plan } from './plan.ts';
import { minimized, shrink } from './shrink.ts';

describe('delta debugging', () => {
  it.each([
    ['one culprit', [13]],
    ['two that only fail together', [3, 77]],
    ['neighbours', [50, 51, 52]],
  ])('finds %s among a hundred', async (_, culprits) => {
    const all = Array.from({ length: 100 }, (__, index) => index);
    const found = await minimized(all, async (rest) => culprits.every((each) => rest.includes(each)));
    expect(found).toEqual(culprits);
  });

  it('leaves nothing when nothing is needed', async () => {
    expect(await minimized([1, 2, 3], async () => true)).toEqual([]);
  });
});

describe('a failing plan', () => {
  const plan = makePlan({ seed: 4, minutes: 2 });
  const outage: Fault = { id: 'culprit', after: 100, kind: 'sql-outage', database: 'payment', outage: 'failover', forMs: 9_000 };
  const failing: Plan = { ...plan, faults: [...plan.faults, outage] };
  const hasCulprit = async ({ faults, sales }: Plan): Promise<boolean> => faults.some(({ id }) => id === 'culprit') && sales.length >= 5;

  it('shrinks to the one fault that matters, as short as it can be, and the fewest sales', async () => {
    const { faults, sales } = await shrink(failing, hasCulprit, 1_000);
    expect(faults).toMatchObject([{ id: 'culprit', forMs: 1_500 }]);
    expect(sales).toHaveLength(5);
    expect(faults[0]?.after).toBeLessThanOrEqual(5);
  });

  it('is given back as it is once the runs are used up', async () => {
    let runs = 0;
    const shrunk = await shrink(failing, async () => {
      runs += 1;
      return false;
    }, 7);
    expect(runs).toBe(7);
    expect(shrunk.faults).toHaveLength(failing.faults.length);
  });
});
