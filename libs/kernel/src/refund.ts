import { portionOf } from './money.ts';
import { lineTotals, type LineTotals, type PricedLine, type TaxMode } from './pricing.ts';

/** What has been given back of one line so far, refunds under way included. */
export interface GivenBack {
  readonly quantity: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
}

export const nothingGivenBack: GivenBack = { quantity: 0, taxMinor: 0, grossMinor: 0 };

/**
 * What some pieces of a sold line come to when they are brought back. Rounding is cumulative: what all pieces returned so far should come to, less
 * what has been given for those before. So the parts of a line are its whole, tax included, to the cent, in whatever portions and order
 * it comes back, and also when one of them was called off.
 */
export function returnedTotals(line: PricedLine, mode: TaxMode, before: GivenBack, quantity: number): LineTotals {
  const sold = lineTotals(line, mode);
  const due = (whole: number, given: number): number => Math.min(whole - given, Math.max(0, portionOf(whole, before.quantity + quantity, line.quantity) - given));
  const grossMinor = due(sold.grossMinor, before.grossMinor);
  const taxMinor = Math.min(grossMinor, due(sold.taxMinor, before.taxMinor));
  return { grossMinor, taxMinor, netMinor: grossMinor - taxMinor };
}

export const givenBackWith = (before: GivenBack, quantity: number, { taxMinor, grossMinor }: Pick<LineTotals, 'taxMinor' | 'grossMinor'>): GivenBack => ({
  quantity: before.quantity + quantity,
  taxMinor: before.taxMinor + taxMinor,
  grossMinor: before.grossMinor + grossMinor,
});

/** How the money goes back: to where it came from, or out of the drawer whatever it came from. */
export type MoneyBack = 'original' | 'cash';

/** A part of a refund: how much of which tender, counted from 1, and by which way. */
export interface MoneyPart {
  readonly position: number;
  readonly via: 'card' | 'cash';
  readonly amountMinor: number;
}

/**
 * Spreads a refund over the tenders that paid the sale: cards first, in their order, then cash; when it is all to be cash, what was paid in cash first. No tender gives
 * back more than it took and has left. The same tenders and refunds always come to the same parts.
 *
 * @returns parts that may add up to less than `totalMinor`, when the tenders have not that much left
 */
export function moneyParts(tenders: readonly { readonly type: 'card' | 'cash'; readonly amountMinor: number }[], given: readonly MoneyPart[], totalMinor: number, back: MoneyBack): readonly MoneyPart[] {
  const first = back === 'original' ? 'card' : 'cash';
  const ordered = tenders.map(({ type, amountMinor }, index) => ({ type, position: index + 1, leftMinor: amountMinor - givenFor(index + 1, given) }))
    .toSorted((a, b) => Number(b.type === first) - Number(a.type === first) || a.position - b.position);
  const parts: MoneyPart[] = [];
  let missing = totalMinor;
  for (const { type, position, leftMinor } of ordered) {
    const amountMinor = Math.min(missing, leftMinor);
    if (amountMinor <= 0) continue;
    parts.push({ position, via: back === 'cash' ? 'cash' : type, amountMinor });
    missing -= amountMinor;
  }
  return parts;
}

const givenFor = (position: number, given: readonly MoneyPart[]): number =>
  given.reduce((sum, part) => (part.position === position ? sum + part.amountMinor : sum), 0);
