import fc from 'fast-check';
import { maxMinor } from './money.ts';
import { lineTotals, saleTotals, type TaxMode } from './pricing.ts';

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

/** The rule in integers without end: tax is rounded once per line, half away from zero; of an inclusive price it is what is inside. */
function reference(lines: readonly ReturnType<typeof line>[], mode: TaxMode) {
  const halfUp = (numerator: bigint, denominator: bigint) => (2n * numerator + denominator) / (2n * denominator);
  const each = lines.map(({ unitPriceMinor, taxRateBp, quantity }) => {
    const amount = BigInt(unitPriceMinor) * BigInt(quantity);
    const taxMinor = mode === 'inclusive' ? halfUp(amount * BigInt(taxRateBp), 10_000n + BigInt(taxRateBp)) : halfUp(amount * BigInt(taxRateBp), 10_000n);
    return { taxMinor, grossMinor: mode === 'inclusive' ? amount : amount + taxMinor };
  });
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  return { taxMinor: sum(each.map(({ taxMinor }) => taxMinor)), grossMinor: sum(each.map(({ grossMinor }) => grossMinor)) };
}

describe('a sale of any lines', () => {
  const lines = fc.array(fc.record({
    // As often as not near the largest amount, where floats would round.
    unitPriceMinor: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: maxMinor - 1_000_000, max: maxMinor })),
    taxRateBp: fc.integer({ min: 0, max: 10_000 }),
    quantity: fc.integer({ min: 1, max: 999 }),
  }), { minLength: 1, maxLength: 40 });

  it('X099 X100 comes to what integers without end say, rounded once per line, or is refused as too much', () => {
    fc.assert(fc.property(lines, fc.constantFrom<TaxMode>('inclusive', 'exclusive'), (bought, mode) => {
      const expected = reference(bought, mode);
      let totals: ReturnType<typeof saleTotals>;
      try {
        totals = saleTotals(bought, mode);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect(expected.grossMinor > BigInt(maxMinor)).toBe(true);
        return;
      }
      expect({ taxMinor: BigInt(totals.taxMinor), grossMinor: BigInt(totals.grossMinor) }).toEqual(expected);
      expect(totals.netMinor + totals.taxMinor).toBe(totals.grossMinor);
    }), { numRuns: 500 });
  });

  it('X100 loses no cent on thirds: three times 33.33 % of a hundred', () => {
    expect(saleTotals([line(100, 3333), line(100, 3333), line(100, 3333)], 'exclusive')).toMatchObject({ netMinor: 300, taxMinor: 99, grossMinor: 399 });
  });
});
