import { products } from './products.ts';

export interface BasketLine {
  readonly sku: string;
  readonly quantity: number;
}

/** What these lines cost at the seeded, tax-inclusive prices. */
export const totalOf = (lines: readonly BasketLine[]): number =>
  lines.reduce((sum, { sku, quantity }) => sum + quantity * (products.find((product) => product.sku === sku)?.unitPriceMinor ?? 0), 0);

/** Someone's breakfast. */
export const breakfast: readonly BasketLine[] = [
  { sku: 'TEA-02', quantity: 1 },
  { sku: 'MIL-03', quantity: 2 },
  { sku: 'BRD-05', quantity: 1 },
  { sku: 'EGG-01', quantity: 1 },
  { sku: 'CHO-02', quantity: 1 },
];

export const card = (amountMinor: number, cardToken = 'tok_visa_4242') => ({ type: 'card' as const, amountMinor, cardToken });
export const cash = (amountMinor: number, tenderedMinor = amountMinor) => ({ type: 'cash' as const, amountMinor, tenderedMinor });
