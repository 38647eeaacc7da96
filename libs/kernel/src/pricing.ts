import { minor, portionOf, sumMinor } from './money.ts';

/** Whether shelf prices contain the tax (most of Europe) or it is added at the till (most of North America). */
export type TaxMode = 'inclusive' | 'exclusive';

/** What one line needs for its price. `taxRateBp` is in basis points: 2000 is 20 %. */
export interface PricedLine {
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly taxRateBp: number;
}

export interface LineTotals {
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
}

export interface SaleTotals extends LineTotals {
  /** One entry per rate, lowest rate first: what the receipt prints as its tax summary. */
  readonly taxes: readonly ({ readonly taxRateBp: number } & LineTotals)[];
}

const wholeBp = 10_000;

/**
 * Price of one line. Rounding happens here and only here, once per line, half away from zero; of a tax-inclusive price the
 * tax is rounded and the net is the rest, so that gross never moves by a cent.
 */
export function lineTotals({ quantity, unitPriceMinor, taxRateBp }: PricedLine, mode: TaxMode): LineTotals {
  const amount = minor(unitPriceMinor * quantity);
  if (mode === 'inclusive') {
    const taxMinor = portionOf(amount, taxRateBp, wholeBp + taxRateBp);
    return { grossMinor: amount, taxMinor, netMinor: amount - taxMinor };
  }
  const taxMinor = portionOf(amount, taxRateBp, wholeBp);
  return { netMinor: amount, taxMinor, grossMinor: minor(amount + taxMinor) };
}

/** The only source of a sale's subtotal, tax and total, for the basket, the check at the door and the receipt. */
export function saleTotals(lines: readonly PricedLine[], mode: TaxMode): SaleTotals {
  return saleTotalsOf(lines.map((line) => ({ taxRateBp: line.taxRateBp, ...lineTotals(line, mode) })));
}

/** As `saleTotals`, of lines that have their amounts already: nothing is rounded again. */
export function saleTotalsOf(lines: readonly ({ readonly taxRateBp: number } & LineTotals)[]): SaleTotals {
  const byRate = new Map<number, LineTotals[]>();
  for (const { taxRateBp, ...line } of lines) {
    const totals = byRate.get(taxRateBp) ?? [];
    totals.push(line);
    byRate.set(taxRateBp, totals);
  }
  const taxes = [...byRate]
    .sort(([a], [b]) => a - b)
    .map(([taxRateBp, totals]) => ({ taxRateBp, ...add(totals) }));
  return { ...add(taxes), taxes };
}

const add = (totals: readonly LineTotals[]): LineTotals => ({
  netMinor: sumMinor(totals.map(({ netMinor }) => netMinor)),
  taxMinor: sumMinor(totals.map(({ taxMinor }) => taxMinor)),
  grossMinor: sumMinor(totals.map(({ grossMinor }) => grossMinor)),
});
