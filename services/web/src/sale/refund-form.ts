import type { http } from '@checkout/contracts';
import { givenBackWith, moneyParts, returnedTotals, sumMinor, type MoneyBack } from '@checkout/kernel';

/** Pieces of one line that the customer brings back, and what becomes of them. */
export interface Returned {
  readonly line: number;
  readonly quantity: number;
  readonly goods: 'restock' | 'write-off';
}

/** What the chosen pieces come to, and by which way the money goes: the same arithmetic as the back end's. */
export interface ComesTo {
  readonly totalMinor: number;
  readonly cardMinor: number;
  readonly cashMinor: number;
}

export const leftOf = ({ quantity, givenBack }: http.RefundableView['lines'][number]): number => quantity - givenBack.quantity;

export function comesTo(receipt: http.RefundableView, returned: readonly Returned[], back: MoneyBack): ComesTo {
  const given = new Map(receipt.lines.map((sold) => [sold.line, sold.givenBack]));
  let totalMinor = 0;
  for (const { line, quantity } of returned) {
    const sold = receipt.lines[line - 1];
    const before = given.get(line);
    if (!sold || !before) continue;
    const totals = returnedTotals(sold, receipt.taxMode, before, quantity);
    given.set(line, givenBackWith(before, quantity, totals));
    totalMinor += totals.grossMinor;
  }
  const parts = moneyParts(receipt.tenders, receipt.givenBack, totalMinor, back);
  const via = (way: 'card' | 'cash'): number => sumMinor(parts.filter((part) => part.via === way).map(({ amountMinor }) => amountMinor));
  return { totalMinor, cardMinor: via('card'), cashMinor: via('cash') };
}

/** A receipt's number as it is printed, or as a hurried person types it: `S-000042`, `s42`, `42`. */
export function receiptNumberIn(text: string): { readonly series: string; readonly number: number } | undefined {
  const [, series = 'S', digits] = /^\s*([A-Za-z]{1,10})?-?0*(\d{1,9})\s*$/.exec(text) ?? [];
  return digits === undefined || Number(digits) === 0 ? undefined : { series: series.toUpperCase(), number: Number(digits) };
}
