import type { http, LeftShop, SaleFlag } from '@checkout/contracts';
import { minutes, type Sku } from '@checkout/kernel';
import { limits } from './offline-limits.ts';
import type { PricedGoods } from './offer.ts';

/** A till's clock may be off a little. */
const clockToleranceMs = minutes(5);

/** The catalogue as it is when a sale is heard of that was made before. */
export interface KnownNow {
  readonly store: http.Store | undefined;
  readonly productOf: (sku: Sku) => http.Product | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Goods that have left the shop are sold as they were priced at the till: no catalogue can call them back. */
export const goodsSoldAlone = ({ currency }: http.CheckoutBody, { taxMode, lines }: http.SoldAlone): PricedGoods => ({ currency, taxMode, lines });

/** What is not as it should be about such a sale. It is taken all the same; people look at what is flagged. */
export function leftShopOf({ currency, tenders }: http.CheckoutBody, { soldAt, provisionalNumber, lines }: http.SoldAlone, { store, productOf, now }: KnownNow): LeftShop {
  const products = lines.map(({ sku }) => productOf(sku));
  const cardMinor = tenders.reduce((sum, tender) => (tender.type === 'card' ? sum + tender.amountMinor : sum), 0);
  const isOtherwise = lines.some(({ unitPriceMinor, taxRateBp }, index) => {
    const product = products[index];
    return product && (product.unitPriceMinor !== unitPriceMinor || product.taxRateBp !== taxRateBp);
  });
  const soldAtMs = Date.parse(soldAt);
  const found: Readonly<Record<SaleFlag, boolean>> = {
    'article-unknown': products.some((product) => !product),
    'price-changed': isOtherwise,
    'currency-differs': store !== undefined && store.currency !== currency,
    'store-unknown': store === undefined,
    'over-limit': cardMinor > limits.perSaleMinor,
    'too-old': cardMinor > 0 && now - soldAtMs > limits.ageMs,
    'clock-wrong': soldAtMs > now + clockToleranceMs,
  };
  return { soldAt, provisionalNumber, flags: (Object.keys(found) as SaleFlag[]).filter((flag) => found[flag]) };
}
