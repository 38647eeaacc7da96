import type { RefundId, SaleId, Sku, StoreId, TenantId } from '@checkout/kernel';
import type { Delivery } from './delivery.ts';
import type { Movement } from './movement.ts';
import type { Reservation } from './reservation.ts';
import type { StockReturn } from './stock-return.ts';
import { noStock, type StockLevel } from './stock-level.ts';

/** Everything that can change about stock. */
export type Change =
  | { readonly kind: 'reservation'; readonly reservation: Reservation }
  | { readonly kind: 'movement'; readonly movement: Movement }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'return'; readonly returned: StockReturn };

const levelKey = (tenantId: TenantId, storeId: StoreId, sku: Sku): string => `${tenantId}/${storeId}/${sku}`;
const saleKey = (tenantId: TenantId, saleId: SaleId): string => `${tenantId}/${saleId}`;
const returnKey = (tenantId: TenantId, refundId: RefundId): string => `${tenantId}/${refundId}`;
const deliveryKey = (tenantId: TenantId, deliveryId: string): string => `${tenantId}/${deliveryId}`;

/**
 * The stock that one batch of messages looks at: what was loaded, and every change since. Two sales of one batch are decided on it one
 * after the other, so they never get the same last item.
 */
export class Stock {
  readonly #levels = new Map<string, StockLevel>();
  readonly #reservations = new Map<string, Reservation>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #returns = new Map<string, StockReturn>();

  levelOf(tenantId: TenantId, storeId: StoreId, sku: Sku): StockLevel {
    return this.#levels.get(levelKey(tenantId, storeId, sku)) ?? noStock;
  }

  reservationOf(tenantId: TenantId, saleId: SaleId): Reservation | undefined {
    return this.#reservations.get(saleKey(tenantId, saleId));
  }

  deliveryOf(tenantId: TenantId, deliveryId: string): Delivery | undefined {
    return this.#deliveries.get(deliveryKey(tenantId, deliveryId));
  }

  returnOf(tenantId: TenantId, refundId: RefundId): StockReturn | undefined {
    return this.#returns.get(returnKey(tenantId, refundId));
  }

  setLevel(tenantId: TenantId, storeId: StoreId, sku: Sku, level: StockLevel): void {
    this.#levels.set(levelKey(tenantId, storeId, sku), level);
  }

  setReservation(reservation: Reservation): void {
    this.#reservations.set(saleKey(reservation.tenantId, reservation.saleId), reservation);
  }

  setDelivery(delivery: Delivery): void {
    this.#deliveries.set(deliveryKey(delivery.tenantId, delivery.deliveryId), delivery);
  }

  setReturn(returned: StockReturn): void {
    this.#returns.set(returnKey(returned.tenantId, returned.refundId), returned);
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'reservation':
        return this.setReservation(change.reservation);
      case 'movement':
        return this.#move(change.movement);
      case 'delivery':
        return this.setDelivery(change.delivery);
      case 'return':
        return this.setReturn(change.returned);
    }
  }

  #move({ tenantId, storeId, moves }: Movement): void {
    for (const { sku, onHand, reserved } of moves) {
      const key = levelKey(tenantId, storeId, sku);
      const level = this.#levels.get(key) ?? (onHand > 0 ? noStock : undefined);
      // Nobody in this batch looks at a level that was not loaded. Only goods that arrive make one where there was none.
      if (level) this.#levels.set(key, { onHand: level.onHand + onHand, reserved: level.reserved + reserved });
    }
  }
}
