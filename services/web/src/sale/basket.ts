import { maxLines, type http } from '@checkout/contracts';
import { saleTotals, type SaleTotals, type Sku } from '@checkout/kernel';

export interface BasketLine {
  readonly product: http.Product;
  readonly quantity: number;
}

/** What is on the counter, in the order of the first scans. Kept at the till, so that a sale needs nobody else until it is paid. */
export type Basket = readonly BasketLine[];

/** Pieces of one article, as the contracts allow. */
export const mostPieces = 999;

export type BasketFault = 'quantity-invalid' | 'line-limit' | 'money-overflow';
export type Changed = { readonly basket: Basket; readonly fault?: undefined } | { readonly fault: BasketFault; readonly basket?: undefined };

export function added(basket: Basket, product: http.Product, quantity = 1): Changed {
  const line = basket.find((each) => each.product.sku === product.sku);
  if (line) return withQuantity(basket, product.sku, line.quantity + quantity);
  if (basket.length >= maxLines) return { fault: 'line-limit' };
  return checked([...basket, { product, quantity }], quantity);
}

/** None voids the line. */
export function withQuantity(basket: Basket, sku: Sku, quantity: number): Changed {
  if (quantity === 0) return { basket: basket.filter(({ product }) => product.sku !== sku) };
  return checked(basket.map((line) => (line.product.sku === sku ? { ...line, quantity } : line)), quantity);
}

/** The same goods at the catalogue's newest prices; what is no longer sold is left out. */
export const repriced = (basket: Basket, productOf: (sku: Sku) => http.Product | undefined): Basket =>
  basket.flatMap(({ product, quantity }) => {
    const now = productOf(product.sku);
    return now ? [{ product: now, quantity }] : [];
  });

export const totalsOf = (basket: Basket, taxMode: http.Store['taxMode']): SaleTotals =>
  saleTotals(basket.map(({ product: { unitPriceMinor, taxRateBp }, quantity }) => ({ unitPriceMinor, taxRateBp, quantity })), taxMode);

function checked(basket: Basket, quantity: number): Changed {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > mostPieces) return { fault: 'quantity-invalid' };
  try {
    totalsOf(basket, 'exclusive');
    return { basket };
  } catch (error) {
    if (error instanceof RangeError) return { fault: 'money-overflow' };
    throw error;
  }
}
