import { makePlan } from './make-plan.ts';
import { manners } from './plan.ts';
import { totalOf } from '../till/history.ts';
import { priceOf, tills } from '../world/shops.ts';

const size = { minutes: 3, salesPerSecond: 6 };

describe('a plan', () => {
  it('is the same for the same seed', () => {
    expect(makePlan({ seed: 11, ...size })).toEqual(makePlan({ seed: 11, ...size }));
    expect(makePlan({ seed: 12, ...size })).not.toEqual(makePlan({ seed: 11, ...size }));
  });

  it('survives being written down and read again', () => {
    const plan = makePlan({ seed: 11, ...size });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('of seed %i has tenders that pay the sale, and tills that exist', (seed) => {
    for (const sale of makePlan({ seed, ...size }).sales) {
      expect(totalOf(sale)).toBe(sale.lines.reduce((sum, { sku, quantity }) => sum + priceOf(sku) * quantity, 0));
      expect(tills.map(({ tillId }) => tillId)).toContain(sale.tillId);
      expect(new Set(sale.lines.map(({ sku }) => sku)).size).toBe(sale.lines.length);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('of seed %i deploys, pauses and loses the reply to a statement, and names each fault once', (seed) => {
    const { faults } = makePlan({ seed, ...size });
    const kinds = faults.map(({ kind }) => kind);
    for (const kind of ['deploy', 'pause', 'sql-strike'] as const) expect(kinds).toContain(kind);
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
  });

  it('has every manner of a till in it, if it is long enough', () => {
    const { sales } = makePlan({ seed: 1, minutes: 3 });
    expect(new Set(sales.map(({ manner }) => manner))).toEqual(new Set(manners));
  });

  it('has sales of which some pieces come back, several lines at once, and more than was sold', () => {
    const returned = makePlan({ seed: 1, minutes: 1 }).sales.flatMap(({ lines, comesBack }) => (comesBack ? [{ lines, comesBack }] : []));
    const piecesOf = ({ comesBack }: (typeof returned)[number], line: number) => comesBack.filter((each) => each.line === line).reduce((sum, { quantity }) => sum + quantity, 0);
    expect(returned.some(({ comesBack }) => comesBack.length === 1)).toBe(true);
    expect(returned.some(({ comesBack }) => new Set(comesBack.map(({ line }) => line)).size > 1)).toBe(true);
    expect(returned.some((each) => each.lines.some(({ quantity }, index) => piecesOf(each, index + 1) > quantity))).toBe(true);
  });

  it('does not get another workload because it gets other faults', () => {
    const { sales } = makePlan({ seed: 5, ...size });
    expect(makePlan({ seed: 5, minutes: 1, salesPerSecond: 6 }).sales).toEqual(sales.slice(0, 360));
  });
});
