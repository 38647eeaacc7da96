import type { checkout, http, Message } from '@checkout/contracts';
import type { CommandId, SaleId, Sku, StoreId, TenantId } from '@checkout/kernel';
import type { About, Handler } from '@checkout/messaging';
import type { Basket } from '../domain/basket.ts';
import type { Checkout } from '../domain/checkout.ts';
import type { ParkedSale } from '../domain/parked-sale.ts';

/** The rows that a handler may ask for. */
export type Need =
  | { readonly kind: 'checkout'; readonly tenantId: TenantId; readonly commandId: CommandId }
  | { readonly kind: 'store'; readonly tenantId: TenantId; readonly storeId: StoreId }
  | { readonly kind: 'product'; readonly tenantId: TenantId; readonly sku: Sku }
  | { readonly kind: 'barcode'; readonly tenantId: TenantId; readonly barcode: string }
  | { readonly kind: 'basket'; readonly tenantId: TenantId; readonly basketId: SaleId }
  /** The basket that a checkout holds closed. */
  | { readonly kind: 'held-basket'; readonly tenantId: TenantId; readonly commandId: CommandId }
  | { readonly kind: 'parked'; readonly tenantId: TenantId; readonly parkedId: SaleId }
  /** All that wait in a store. */
  | { readonly kind: 'parked-in-store'; readonly tenantId: TenantId; readonly storeId: StoreId };

/** What a batch sees. Every key is {@link keyOf} a tenant and an id, so that no row is ever found without its tenant. */
export interface Rows {
  readonly checkouts: Map<string, Checkout>;
  readonly stores: Map<string, http.Store>;
  readonly products: Map<string, http.Product>;
  /** SKU by barcode. */
  readonly barcodes: Map<string, Sku>;
  readonly baskets: Map<string, Basket>;
  /** Basket id by the command that holds it closed. */
  readonly heldBaskets: Map<string, SaleId>;
  readonly parked: Map<string, ParkedSale>;
}

export const noRows = (): Rows => ({ checkouts: new Map(), stores: new Map(), products: new Map(), barcodes: new Map(), baskets: new Map(), heldBaskets: new Map(), parked: new Map() });

export const keyOf = (tenantId: TenantId, id: string): string => `${tenantId}/${id}`;

/**
 * What a decision writes. An aggregate is saved whole, with its new version: version 1 is a new row, and any other replaces
 * the row of the version before, or the batch runs again.
 */
export type Change =
  | { readonly kind: 'checkout-saved'; readonly checkout: Checkout }
  | { readonly kind: 'basket-saved'; readonly basket: Basket; readonly touched: readonly Sku[] }
  | { readonly kind: 'parked-saved'; readonly parked: ParkedSale }
  /** Whatever a store parked before a time. */
  | { readonly kind: 'parked-forgotten'; readonly tenantId: TenantId; readonly storeId: StoreId; readonly before: number }
  | { readonly kind: 'stores-saved'; readonly tenantId: TenantId; readonly stores: readonly http.Store[]; readonly at: number }
  | { readonly kind: 'products-saved'; readonly tenantId: TenantId; readonly products: readonly http.Product[]; readonly at: number };

/** What others in this process learn once a decision is durable. Losing one loses nothing: tables are asked as well. */
export type Effect =
  | { readonly kind: 'accepted'; readonly checkout: Checkout }
  | { readonly kind: 'ended'; readonly checkout: Checkout }
  /** A sale that was accepted past the database has become known here. */
  | { readonly kind: 'registered'; readonly checkout: Checkout }
  /** The orchestrator began another sale under this command than the one that was accepted here. The sale that began is the sale; somebody must look. */
  | { readonly kind: 'superseded'; readonly checkout: Checkout; readonly accepted: Checkout }
  /** A checkout was told two different ends. The first stands; somebody must look. */
  | { readonly kind: 'contradicted'; readonly checkout: Checkout; readonly told: http.CheckoutState };

export type CartHandler<M extends Message, Answer = void> = Handler<M, Need, Rows, Change, Effect, Answer>;

/** Checkouts as they stand, outside any decision. */
export interface Checkouts {
  find(tenantId: TenantId, commandId: CommandId): Promise<Checkout | undefined>;
  /** Those of the named checkouts that have ended. */
  endedAmong(checkouts: readonly { readonly tenantId: TenantId; readonly commandId: CommandId }[]): Promise<readonly Checkout[]>;
}

export interface Baskets {
  find(tenantId: TenantId, basketId: SaleId): Promise<Basket | undefined>;
}

/** Baskets that wait in a store, by their numbers. */
export interface ParkedSales {
  waiting(tenantId: TenantId, storeId: StoreId, at: number): Promise<readonly ParkedSale[]>;
}

/** A place in the list of offline sales: after the sale that was sold at `soldAt` (milliseconds since 1970) under this command, or after all of that moment. */
export interface OfflinePlace {
  readonly soldAt: number;
  readonly commandId: CommandId | undefined;
}

/** What had left the shop before it was heard of, newest first. Of one moment, the highest command id first. */
export interface OfflineSales {
  page(tenantId: TenantId, storeId: StoreId | undefined, after: OfflinePlace | undefined): Promise<readonly Checkout[]>;
  /** Which of these numbers a till has given to more than one sale, as one does that was put back to an older state. */
  givenTwice(tenantId: TenantId, provisionalNumbers: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface Products {
  find(tenantId: TenantId, sku: Sku): Promise<http.Product | undefined>;
  withBarcode(tenantId: TenantId, barcode: string): Promise<readonly http.Product[]>;
  /** The products after a SKU, in order, and the store that sells them. Nothing when there is no such store. */
  page(tenantId: TenantId, storeId: StoreId, after: Sku | undefined): Promise<http.CataloguePage | undefined>;
}

/** The orchestrator's account of a sale. */
export interface SaleStream {
  /**
   * Whole server-sent events, as text that ends with its blank line. Ends when the orchestrator ends it, breaks off or cannot be reached: a
   * follower loses the details then, never the end.
   */
  follow(saleId: SaleId, authorization: string, gone: AbortSignal): AsyncIterable<string>;
}

/** Where local inputs go to be decided together with whatever else is waiting. */
export interface Inputs {
  /** Resolves with the decision's answer once it is durable. */
  submit<M extends Message, Answer>(handler: CartHandler<M, Answer>, message: M, about: About): Promise<Answer>;
}

/** Signs what tills may do alone. */
export interface LimitsSigning {
  keys(): Promise<http.LimitsKeys>;
  sign(limits: http.OfflineLimits): Promise<string>;
}

/** The rows that a decision needs, read without being about to write any. */
export interface RowsReader {
  /** @throws DependencyUnavailable */
  read(tenantId: TenantId, needs: readonly Need[]): Promise<Rows>;
}

/** The rows that a decision needs, as far as this process has kept copies: for when the database cannot be read. */
export interface KeptRows {
  /** Says that rows of this tenant may be wanted one day. */
  seen(tenantId: TenantId): void;
  /** Nothing when there is no copy of the tenant's catalogue that is young enough. */
  rowsFor(tenantId: TenantId, needs: readonly Need[]): { readonly rows: Rows; readonly snapshotAt: number } | undefined;
}

/** The way onto the bus that does not lead through the database. */
export interface RequestRoute {
  /**
   * Resolves when the bus has the request on disk.
   * @param id the id of what asked for it: the same as the database's outbox would send it under.
   * @throws SendUnknown, DependencyUnavailable
   */
  send(request: checkout.CheckoutRequested, id: string, traceparent: string | undefined): Promise<void>;
}

/** The orchestrator's knowledge of single sales. */
export interface SaleBook {
  /** `unreachable` when it could not be asked in time: it may or may not know the sale. Never throws. */
  find(saleId: SaleId, authorization: string, limitMs: number): Promise<http.SaleView | 'none' | 'unreachable'>;
}
