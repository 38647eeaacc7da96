import { lineTotals, saleTotals } from './pricing.ts';

const line = (unitPriceMinor: number, taxRateBp: number, quantity = 1) => ({ unitPriceMinor, taxRateBp, quantity });

describe('pricing', () => {
  it('never moves a tax-inclusive price by a cent', () => {
    // 8.01 with 20 % inside: net 6.675, tax 1.335; rounding both would make 8.02.
    expect(lineTotals(line(801, 2000), 'inclusive')).toEqual({ grossMinor: 801, taxMinor: 134, netMinor: 667 });
  });

  it('rounds tax once per line when tax is added at the till', () => {
    const lines = [line(148, 2100, 4), line(152, 2100), line(154, 2100), line(39, 2100)];
    expect(saleTotals(lines, 'exclusive')).toMatchObject({ netMinor: 937, taxMinor: 196, grossMinor: 1133 });
  });

  it('sums tax by rate, lowest rate first', () => {
    const { taxes, grossMinor } = saleTotals([line(2890, 2200), line(125, 1000)], 'inclusive');
    expect(taxes.map(({ taxRateBp }) => taxRateBp)).toEqual([1000, 2200]);
    expect(taxes.reduce((sum, tax) => sum + tax.grossMinor, 0)).toBe(grossMinor);
    expect(grossMinor).toBe(3015);
  });
});
