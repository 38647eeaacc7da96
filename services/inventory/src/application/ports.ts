import type { Message } from '@checkout/contracts';
import type { RefundId, SaleId, Sku, StoreId, TenantId } from '@checkout/kernel';
import type { Handler } from '@checkout/messaging';
import type { OfSale } from '../domain/reservation.ts';
import type { Shortage } from '../domain/shortages.ts';
import type { StockLevel } from '../domain/stock-level.ts';
import type { Change, Stock } from '../domain/stock.ts';

/** Which rows a decision looks at. */
export type Need =
  | { readonly kind: 'reservation'; readonly tenantId: TenantId; readonly saleId: SaleId }
  | { readonly kind: 'level'; readonly tenantId: TenantId; readonly storeId: StoreId; readonly sku: Sku }
  | { readonly kind: 'delivery'; readonly tenantId: TenantId; readonly deliveryId: string }
  | { readonly kind: 'return'; readonly tenantId: TenantId; readonly refundId: RefundId };

/** What the shop would like to know about, told once it is durable. */
export type StockEvent =
  | ({ readonly event: 'reserved' | 'released' | 'committed' | 'overdue' } & OfSale)
  | ({ readonly event: 'refused' | 'oversold'; readonly shortages: readonly Shortage[] } & OfSale)
  /** Paid goods left although nothing was set aside for them: the count of the shelf may now be wrong. */
  | ({ readonly event: 'committed-unheld'; readonly found: string } & OfSale)
  | ({ readonly event: 'returned'; readonly refundId: RefundId; readonly restocked: number; readonly writtenOff: number } & OfSale)
  | { readonly event: 'delivered'; readonly tenantId: TenantId; readonly storeId: StoreId; readonly deliveryId: string };

export type StockHandler<M extends Message, Answer = void> = Handler<M, Need, Stock, Change, StockEvent, Answer>;

export interface LevelOf extends StockLevel {
  readonly sku: Sku;
}

/** Where on hand or reserved is not what the ledger and the open reservations add up to. */
export interface Difference {
  readonly sku: Sku;
  readonly onHand: number;
  readonly ledger: number;
  readonly reserved: number;
  readonly held: number;
}

/** What the back office and operators read. */
export interface StockReader {
  levels(tenantId: TenantId, storeId: StoreId, skus: readonly Sku[]): Promise<readonly LevelOf[]>;
  /** By SKU, from the one after `after` on. */
  page(tenantId: TenantId, storeId: StoreId, after: string, limit: number): Promise<readonly LevelOf[]>;
  differences(tenantId: TenantId, storeId: StoreId): Promise<readonly Difference[]>;
}

/** Reservations whose time is up, of all tenants. */
export interface DueReservations {
  due(now: Date, limit: number): Promise<readonly OfSale[]>;
}
