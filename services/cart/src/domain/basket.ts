import type { http, SaleLine } from '@checkout/contracts';
import { saleTotals, type CommandId, type SaleId, type Sku, type StoreId, type TaxMode, type TenantId } from '@checkout/kernel';
import { mostLines, mostPieces } from './limits.ts';
import { refusal, type Refusal } from './refusal.ts';

/** `position` only grows, so that lines keep the order of their first scan. */
export interface BasketLine extends SaleLine {
  readonly position: number;
}

/** Goods on their way to the till. Prices are frozen when an article is first scanned: what the customer saw is what is sold. */
export interface Basket {
  readonly tenantId: TenantId;
  readonly basketId: SaleId;
  readonly storeId: StoreId;
  readonly currency: string;
  readonly taxMode: TaxMode;
  /** The checkout that holds the basket closed. Absent while it is open. */
  readonly commandId?: CommandId;
  /** By position, one line per SKU. */
  readonly lines: readonly BasketLine[];
  /** The input that last changed the lines: when its commit is in doubt it is decided again, and must not add the same pieces twice. */
  readonly lastChange: string;
  readonly version: number;
}

/** A basket after a change, and the SKUs whose lines differ. */
export interface ChangedBasket {
  readonly basket: Basket;
  readonly touched: readonly Sku[];
}

/** Adds pieces of an article. Another scan of the same SKU adds up, at the price of the first. */
export function scan(basket: Basket, { sku, description, unitPriceMinor, taxRateBp }: http.Product, quantity: number): ChangedBasket | Refusal {
  const line = basket.lines.find((each) => each.sku === sku);
  if (line) return changeQuantity(basket, sku, line.quantity + quantity);
  if (basket.commandId) return closed(basket);
  if (basket.lines.length >= mostLines) return refusal('line-limit', `A basket has at most ${mostLines} lines.`);
  const position = (basket.lines.at(-1)?.position ?? 0) + 1;
  return withLines(basket, [...basket.lines, { position, sku, description, quantity, unitPriceMinor, taxRateBp }], sku);
}

/** Sets how many pieces of a SKU there are; none removes the line. */
export function changeQuantity(basket: Basket, sku: Sku, quantity: number): ChangedBasket | Refusal {
  if (basket.commandId) return closed(basket);
  if (!basket.lines.some((line) => line.sku === sku)) return refusal('line-unknown', `The basket has no line of ${sku}.`);
  if (quantity > mostPieces) return refusal('quantity-invalid', `At most ${mostPieces} pieces of one article.`, { pointer: '/quantity', detail: `would make ${quantity} pieces` });
  const lines = quantity === 0
    ? basket.lines.filter((line) => line.sku !== sku)
    : basket.lines.map((line) => (line.sku === sku ? { ...line, quantity } : line));
  return withLines(basket, lines, sku);
}

/** Closes the basket for one checkout, so that what is being paid cannot change. */
export const close = (basket: Basket, commandId: CommandId): ChangedBasket =>
  ({ basket: { ...basket, commandId, version: basket.version + 1 }, touched: [] });

/** Opens the basket again, because its checkout came to nothing: the cashier may now remove an article or ask for another card. */
export const reopen = ({ tenantId, basketId, storeId, currency, taxMode, lines, lastChange, version }: Basket): ChangedBasket =>
  ({ basket: { tenantId, basketId, storeId, currency, taxMode, lines, lastChange, version: version + 1 }, touched: [] });

export const closed = (basket: Basket): Refusal => refusal('basket-closed', `The basket ${basket.basketId} is checked out and cannot change.`);

export const soldAs = ({ sku, description, quantity, unitPriceMinor, taxRateBp }: SaleLine): SaleLine => ({ sku, description, quantity, unitPriceMinor, taxRateBp });

/** The basket as a till shows it. */
export function viewOf({ basketId, currency, taxMode, lines, commandId }: Basket): http.BasketView {
  const { netMinor, taxMinor, grossMinor, taxes } = saleTotals(lines, taxMode);
  return { basketId, state: commandId ? 'checked-out' : 'open', currency, taxMode, lines: lines.map(soldAs), netMinor, taxMinor, grossMinor, taxes: [...taxes] };
}

/** A basket whose totals leave the range of money never comes about, so every basket can be shown. */
function withLines(basket: Basket, lines: readonly BasketLine[], sku: Sku): ChangedBasket | Refusal {
  try {
    saleTotals(lines, basket.taxMode);
  } catch (error) {
    if (error instanceof RangeError) return refusal('money-overflow', 'The basket would be worth more than a sale may be.');
    throw error;
  }
  return { basket: { ...basket, lines, version: basket.version + 1 }, touched: [sku] };
}
