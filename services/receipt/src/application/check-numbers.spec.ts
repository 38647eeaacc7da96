import { storeId, tenantId } from '../testing.ts';
import { CheckNumbers } from './check-numbers.ts';
import type { SeriesCount } from './ports.ts';

const whole: SeriesCount = { series: 'S', lastNumber: 3, receipts: 3, numbers: 3, sales: 3, lowest: 1, highest: 3, journalled: 3 };
const check = async (...series: SeriesCount[]) => new CheckNumbers({ series: () => Promise.resolve(series) }).of(tenantId, storeId);

describe('checking numbers', () => {
  it('is content with one to n', async () => {
    expect(await check(whole)).toEqual({ ok: true, series: [{ ...whole, findings: [] }] });
  });

  it('is content with a store that has sold nothing', async () => {
    expect(await check()).toEqual({ ok: true, series: [] });
  });

  it.each([
    ['a gap', { highest: 4, lastNumber: 4 }, '3 numbers go up to 4'],
    ['a number used twice', { numbers: 2, highest: 2, lastNumber: 2 }, '3 receipts share 2 numbers'],
    ['a missing first number', { lowest: 2 }, 'the first number is 2'],
    ['a number given to nobody', { lastNumber: 4 }, 'the counter is at 4 and the highest number is 3'],
    ['a sale with two receipts', { sales: 2 }, '3 receipts are for 2 sales'],
    ['a sale that the journal lacks', { journalled: 2 }, '3 receipts have 2 journal entries'],
  ])('finds %s', async (_, wrong, finding) => {
    const report = await check({ ...whole, ...wrong });
    expect(report.ok).toBe(false);
    expect(report.series[0]?.findings).toContain(finding);
  });
});
