import type { http, SaleLine } from '@checkout/contracts';
import { formatMinor, maxMinor, saleTotals, type Sku, type TaxMode } from '@checkout/kernel';
import { soldAs, type Basket } from './basket.ts';
import { fitsOntoTheBus, mostPieces } from './limits.ts';
import { refusal, type Fault, type Refusal } from './refusal.ts';

/** What a sale is made of once it is priced. */
export interface PricedGoods {
  readonly currency: string;
  readonly taxMode: TaxMode;
  readonly lines: readonly SaleLine[];
}

/** A request names at most this many unknown articles; the rest would be noise. */
const mostFaults = 20;

/** Goods from a basket, at the prices of its scans. */
export function goodsOfBasket(basket: Basket): PricedGoods | Refusal {
  if (basket.lines.length === 0) return refusal('basket-empty', 'The basket is empty.', { pointer: '/basketId', detail: 'has no lines' });
  const { currency, taxMode, lines } = basket;
  return { currency, taxMode, lines: lines.map(soldAs) };
}

/** Goods named line by line, at the prices of the catalogue. Lines of one SKU become one line, which is priced and rounded as one. */
export function goodsOfLines(
  lines: NonNullable<http.CheckoutBody['lines']>,
  { currency, taxMode }: http.Store,
  productOf: (sku: Sku) => http.Product | undefined,
): PricedGoods | Refusal {
  const priced = new Map<Sku, SaleLine>();
  const unknown: Fault[] = [];
  for (const [index, { sku, quantity }] of lines.entries()) {
    const product = productOf(sku);
    if (!product) {
      if (unknown.length < mostFaults) unknown.push({ pointer: `/lines/${index}/sku`, detail: 'is not in the catalogue' });
      continue;
    }
    const pieces = (priced.get(sku)?.quantity ?? 0) + quantity;
    if (pieces > mostPieces) return refusal('quantity-invalid', `At most ${mostPieces} pieces of one article.`, { pointer: `/lines/${index}/quantity`, detail: `would make ${pieces} pieces` });
    const { description, unitPriceMinor, taxRateBp } = product;
    priced.set(sku, { sku, description, quantity: pieces, unitPriceMinor, taxRateBp });
  }
  if (unknown.length > 0) return refusal('sku-unknown', unknown.length === 1 ? 'An article is not in the catalogue.' : `${unknown.length} articles are not in the catalogue.`, ...unknown);
  return { currency, taxMode, lines: [...priced.values()] };
}

/** What keeps an offer from being accepted, if anything: currency, total and tenders must agree with the goods. */
export function faultOf(offer: Pick<http.CheckoutBody, 'currency' | 'totalMinor' | 'tenders'>, goods: PricedGoods): Refusal | undefined {
  if (offer.currency !== goods.currency) {
    return refusal('currency-mismatch', `The till says ${offer.currency}, the store sells in ${goods.currency}.`, { pointer: '/currency', detail: `must be ${goods.currency}` });
  }
  if (!fitsOntoTheBus(goods.lines)) return refusal('line-limit', 'The lines are more than one receipt can hold; split the sale.', { pointer: '/lines', detail: 'are too many of too much text' });
  const total = totalOf(goods);
  if (typeof total !== 'number') return total;
  if (offer.totalMinor !== total) {
    const text = (amount: number) => `${formatMinor({ minor: amount, currency: goods.currency })} ${goods.currency} (${amount})`;
    return refusal('total-mismatch', `The till says ${text(offer.totalMinor)}, the catalogue says ${text(total)}.`, { pointer: '/totalMinor', detail: `must be ${total}` });
  }
  return tenderFaultOf(offer.tenders, total);
}

function totalOf({ lines, taxMode }: PricedGoods): number | Refusal {
  try {
    return saleTotals(lines, taxMode).grossMinor;
  } catch (error) {
    if (error instanceof RangeError) return refusal('money-overflow', 'The lines are worth more than a sale may be.', { pointer: '/lines', detail: 'add up to too much' });
    throw error;
  }
}

function tenderFaultOf(tenders: http.CheckoutBody['tenders'], totalMinor: number): Refusal | undefined {
  for (const [index, tender] of tenders.entries()) {
    if (tender.type === 'cash' && tender.tenderedMinor < tender.amountMinor) {
      return refusal('tender-mismatch', `Cash of ${tender.amountMinor} is to be paid, but only ${tender.tenderedMinor} was handed over.`, { pointer: `/tenders/${index}/tenderedMinor`, detail: `must be at least ${tender.amountMinor}` });
    }
  }
  const change = tenders.reduce((sum, tender) => (tender.type === 'cash' ? sum + tender.tenderedMinor - tender.amountMinor : sum), 0);
  if (change > maxMinor) return refusal('money-overflow', 'The change would be more than an amount may be.', { pointer: '/tenders', detail: 'hand over too much cash' });
  // At most ten amounts of at most 10^12: the sum is exact.
  const paid = tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (paid === totalMinor) return undefined;
  return refusal('tender-mismatch', `The payments add up to ${paid}, the sale is ${totalMinor}.`, { pointer: '/tenders', detail: `must add up to ${totalMinor}` });
}
