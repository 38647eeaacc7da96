/**
 * Money is a whole number of minor units (cents, pence) of one currency. It is never a fraction and never a float:
 * every amount here is a safe integer, and arithmetic that leaves that range is refused.
 */
export interface Money {
  readonly minor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** Largest amount that the product accepts, in minor units: ten thousand million of the main unit. */
export const maxMinor = 1_000_000_000_000;

/** @throws RangeError when the amount is no whole number of minor units within ±`maxMinor`. */
export function minor(value: number): number {
  if (!Number.isSafeInteger(value) || Math.abs(value) > maxMinor) {
    throw new RangeError(`${value} is not an amount in whole minor units of at most ${maxMinor}`);
  }
  return value;
}

export const sumMinor = (amounts: Iterable<number>): number => {
  let sum = 0;
  for (const amount of amounts) sum = minor(sum + amount);
  return sum;
};

/** `value × numerator / denominator`, rounded half away from zero, exact for every amount that `minor` accepts. */
export function portionOf(value: number, numerator: number, denominator: number): number {
  const product = BigInt(minor(value)) * BigInt(numerator);
  const divisor = BigInt(denominator);
  const magnitude = product < 0n ? -product : product;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return minor(Number(product < 0n ? -rounded : rounded));
}

/**
 * Splits an amount in proportion to the weights without losing or making a cent: the largest remainders take what rounding left.
 * Weights must not be negative and not all be zero.
 */
export function allocate(value: number, weights: readonly number[]): number[] {
  const total = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  if (total <= 0n) throw new RangeError('at least one weight must be positive');
  const amount = BigInt(minor(value));
  const shares = weights.map((weight) => (amount * BigInt(weight)) / total);
  const remainders = weights.map((weight, index) => ({ index, left: amount * BigInt(weight) - (shares[index] ?? 0n) * total }));
  const step = amount < 0n ? -1n : 1n;
  let missing = amount - shares.reduce((sum, share) => sum + share, 0n);
  remainders.sort((a, b) => Number((b.left - a.left) * step) || a.index - b.index);
  for (const { index } of remainders) {
    if (missing === 0n) break;
    shares[index] = (shares[index] ?? 0n) + step;
    missing -= step;
  }
  return shares.map(Number);
}

/** Minor units per main unit as a power of ten (ISO 4217): 2 for most, 0 for the yen, 3 for the Bahraini dinar. */
const exponents: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, ISK: 0, CLP: 0, BHD: 3, KWD: 3, OMR: 3, TND: 3, JOD: 3 };

/** `1234 GBP` → `12.34`: digits only, for receipts; a screen formats by locale instead. */
export function formatMinor({ minor: amount, currency }: Money): string {
  const digits = exponents[currency] ?? 2;
  const text = Math.abs(amount).toString().padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
