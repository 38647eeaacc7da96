import fc from 'fast-check';
import { allocate, formatMinor, minor, portionOf } from './money.ts';

const seed = Number(process.env.SEED ?? 20261122);

describe('money', () => {
  it('splits an amount without losing or making a cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 20 }), (amount, weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const shares = allocate(amount, weights);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(amount);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        shares.forEach((share, index) => expect(Math.abs(share - (amount * (weights[index] ?? 0)) / total)).toBeLessThan(1));
      }),
      { seed },
    );
  });

  it('gives the cent left over to the largest remainder', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
  });

  it('rounds half away from zero, on both sides of it', () => {
    expect([portionOf(1, 1, 2), portionOf(-1, 1, 2), portionOf(1, 1, 3)]).toEqual([1, -1, 0]);
  });

  it('stays exact where a float product would not', () => {
    expect(portionOf(999_999_999_999, 9_999, 10_000)).toBe(999_899_999_999);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %p as an amount', (value) => {
    expect(() => minor(value)).toThrow(RangeError);
  });

  it.each([
    [{ minor: 1234, currency: 'GBP' }, '12.34'],
    [{ minor: -5, currency: 'EUR' }, '-0.05'],
    [{ minor: 500, currency: 'JPY' }, '500'],
    [{ minor: 1, currency: 'BHD' }, '0.001'],
  ])('prints %j as %s', (money, text) => {
    expect(formatMinor(money)).toBe(text);
  });
});
