import type { Message } from '@checkout/contracts';
import type { Sku } from '@checkout/kernel';
import { scan, type Basket } from '../domain/basket.ts';
import { refusal, type Refusal } from '../domain/refusal.ts';
import { changeBasket, type OfBasket } from './change-basket.ts';
import { keyOf, type CartHandler, type Rows } from './ports.ts';

/** What the scanner read, or what the cashier typed. */
export type Article = { readonly sku: Sku } | { readonly barcode: string };

export type ScanArticle = Message<'cart.scan-article', OfBasket & { readonly article: Article; readonly quantity: number }>;

/** Puts pieces of an article into a basket, at today's price if it is the first of its kind. */
export const scanArticle: CartHandler<ScanArticle, Basket | Refusal> = {
  needs: ({ body: { tenantId, basketId, article } }) => [
    { kind: 'basket', tenantId, basketId },
    'sku' in article ? { kind: 'product', tenantId, sku: article.sku } : { kind: 'barcode', tenantId, barcode: article.barcode },
  ],

  decide: (rows, { message: { body }, envelope }) =>
    changeBasket(rows, body, envelope.id, (basket) => {
      const product = productOf(rows, body);
      return product ? scan(basket, product, body.quantity) : unknownArticle(body.article);
    }),
};

function productOf(rows: Rows, { tenantId, article }: ScanArticle['body']) {
  const sku = 'sku' in article ? article.sku : rows.barcodes.get(keyOf(tenantId, article.barcode));
  return sku && rows.products.get(keyOf(tenantId, sku));
}

const unknownArticle = (article: Article): Refusal =>
  'sku' in article
    ? refusal('sku-unknown', 'The article is not in the catalogue.', { pointer: '/sku', detail: 'is not in the catalogue' })
    : refusal('sku-unknown', 'No article in the catalogue has this barcode.', { pointer: '/barcode', detail: 'is not in the catalogue' });
