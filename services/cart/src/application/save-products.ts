import type { http, Message } from '@checkout/contracts';
import type { TenantId } from '@checkout/kernel';
import { refusal, type Fault, type Refusal } from '../domain/refusal.ts';
import { keyOf, type CartHandler, type Rows } from './ports.ts';

export type SaveProducts = Message<'cart.save-products', { readonly tenantId: TenantId; readonly products: readonly http.Product[] }>;

const mostFaults = 20;

/**
 * Loads a page of the catalogue: new products come in, known ones change. All of it, or nothing.
 *
 * A barcode belongs to one product. To move one, first save its old owner without it: a scan must never find two articles.
 */
export const saveProducts: CartHandler<SaveProducts, { readonly kind: 'saved' } | Refusal> = {
  needs: ({ body: { tenantId, products } }) => products.flatMap(({ barcode }) => (barcode === undefined ? [] : [{ kind: 'barcode' as const, tenantId, barcode }])),

  decide(rows, { message: { body: { tenantId, products } }, now }) {
    const repeated = repeatedSkus(products);
    if (repeated.length > 0) return { answer: refusal('product-repeated', 'A product is named twice.', ...repeated) };
    const taken = takenBarcodes(rows, tenantId, products);
    if (taken.length > 0) return { answer: refusal('barcode-taken', 'A barcode belongs to another product.', ...taken) };
    return { changes: [{ kind: 'products-saved', tenantId, products, at: now }], answer: { kind: 'saved' } };
  },
};

function repeatedSkus(products: readonly http.Product[]): Fault[] {
  const seen = new Set<string>();
  return products
    .flatMap(({ sku }, index) => (seen.size === seen.add(sku).size ? [{ pointer: `/products/${index}/sku`, detail: 'is named before' }] : []))
    .slice(0, mostFaults);
}

function takenBarcodes(rows: Rows, tenantId: TenantId, products: readonly http.Product[]): Fault[] {
  const owners = new Map<string, string>();
  return products
    .flatMap(({ sku, barcode }, index) => {
      if (barcode === undefined) return [];
      const owner = rows.barcodes.get(keyOf(tenantId, barcode)) ?? owners.get(barcode) ?? sku;
      owners.set(barcode, sku);
      return owner === sku ? [] : [{ pointer: `/products/${index}/barcode`, detail: `belongs to ${owner}` }];
    })
    .slice(0, mostFaults);
}
