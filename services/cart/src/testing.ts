import { createHash } from 'node:crypto';
import type { checkout, Envelope, http, Message, SaleLine } from '@checkout/contracts';
import { saleIdOf, saleTotals, uuidv7, type CommandId, type SaleId, type Sku, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import { keyOf, type CartHandler, type Rows } from './application/ports.ts';
import { CartStore } from './store/cart-store.ts';
import type { Basket } from './domain/basket.ts';
import type { Checkout } from './domain/checkout.ts';
import type { ParkedSale } from './domain/parked-sale.ts';

/** A small shop for specs: one tenant, one store, three articles. */
export const acme = 'acme' as TenantId;
export const leeds = 'LEEDS-01' as StoreId;
export const till = 'LEEDS-01-T1' as TillId;
export const noon = Date.parse('2026-01-05T12:00:00.000Z');

/** A hash of what somebody asked for. */
export const aHash = (asked: string): string => createHash('sha256').update(asked).digest('base64url');

export const newCommandId = (): CommandId => uuidv7() as CommandId;

export const aStore = (overrides: Partial<http.Store> = {}): http.Store => ({ storeId: leeds, name: 'Leeds', currency: 'GBP', taxMode: 'inclusive', ...overrides });

export const tea: http.Product = { sku: 'TEA-80' as Sku, barcode: '5012345678900', description: 'Tea, 80 bags', unitPriceMinor: 299, taxRateBp: 0 };
export const soap: http.Product = { sku: 'SOAP-4' as Sku, barcode: '5012345678917', description: 'Soap, 4 bars', unitPriceMinor: 450, taxRateBp: 2000 };
export const pen: http.Product = { sku: 'PEN-1' as Sku, description: 'Pen', unitPriceMinor: 120, taxRateBp: 2000 };

export const soldFrom = ({ sku, description, unitPriceMinor, taxRateBp }: http.Product, quantity: number): SaleLine => ({ sku, description, quantity, unitPriceMinor, taxRateBp });

export function anOffer(overrides: Partial<http.CheckoutBody> = {}): http.CheckoutBody {
  const lines = overrides.lines ?? [{ sku: tea.sku, quantity: 2 }];
  const totalMinor = overrides.totalMinor ?? 598;
  return {
    ...(overrides.basketId === undefined && { lines }),
    currency: 'GBP',
    totalMinor,
    tenders: [{ type: 'card', amountMinor: totalMinor, cardToken: 'tok_approved' }],
    ...overrides,
  };
}

export function aBasket(products: readonly (readonly [http.Product, number])[] = [[tea, 2]], overrides: Partial<Basket> = {}): Basket {
  const lines = products.map(([product, quantity], index) => ({ position: index + 1, ...soldFrom(product, quantity) }));
  return { tenantId: acme, basketId: uuidv7() as SaleId, storeId: leeds, currency: 'GBP', taxMode: 'inclusive', lines, lastChange: uuidv7(), version: 3, ...overrides };
}

export function aCheckout(overrides: Partial<Checkout> = {}): Checkout {
  const commandId = overrides.commandId ?? newCommandId();
  return {
    tenantId: acme, commandId, saleId: saleIdOf(acme, commandId), storeId: leeds, tillId: till, bodyHash: 'hash', currency: 'GBP',
    totalMinor: saleTotals([soldFrom(tea, 2)], 'inclusive').grossMinor, acceptedVia: 'sql', acceptedAt: noon, version: 1, ...overrides,
  };
}

export const shortOfTea: checkout.Reason = { code: 'stock-short', message: 'Not enough in stock.', shortages: [{ sku: tea.sku, wanted: 2, available: 1 }] };

/** The rows that a batch would see. */
export function rowsOf({ stores = [], products = [], baskets = [], checkouts = [], parked = [] }: { parked?: readonly ParkedSale[]; stores?: readonly http.Store[]; products?: readonly http.Product[]; baskets?: readonly Basket[]; checkouts?: readonly Checkout[] } = {}): Rows {
  return {
    checkouts: new Map(checkouts.map((each) => [keyOf(acme, each.commandId), each])),
    stores: new Map(stores.map((each) => [keyOf(acme, each.storeId), each])),
    products: new Map(products.map((each) => [keyOf(acme, each.sku), each])),
    barcodes: new Map(products.flatMap(({ sku, barcode }) => (barcode === undefined ? [] : [[keyOf(acme, barcode), sku] as const]))),
    baskets: new Map(baskets.map((each) => [keyOf(acme, each.basketId), each])),
    parked: new Map(parked.map((each) => [keyOf(acme, each.parkedId), each])),
    heldBaskets: new Map(baskets.flatMap(({ basketId, commandId }) => (commandId === undefined ? [] : [[keyOf(acme, commandId), basketId] as const]))),
  };
}

/** Decides one message as the pipeline would, and applies what it changes to the rows. */
export function decideOn<M extends Message, Answer>(rows: Rows, handler: CartHandler<M, Answer>, message: M, { id = uuidv7(), now = noon }: { id?: string; now?: number } = {}) {
  const envelope: Envelope = { id, source: '/services/cart', type: message.type, time: new Date(now).toISOString(), tenantId: acme };
  const decision = handler.decide(rows, { message, envelope, now });
  const store = new CartStore();
  for (const change of decision.changes ?? []) store.apply(rows, change);
  return decision;
}
