import type { Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { setFree } from '../domain/movement.ts';
import { expired, type OfSale } from '../domain/reservation.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';

/** The sweeper found a reservation whose time was up when it looked. Local: it never travels on the bus. */
export type ReservationDue = Message<'inventory.reservation-due', OfSale>;
export const reservationDue = ({ tenantId, storeId, saleId }: OfSale): ReservationDue => ({
  type: 'inventory.reservation-due',
  body: { tenantId, storeId, saleId },
});

/** Puts goods back that nobody came back for. Too late, it does nothing: the sale may have been paid or called off meanwhile. */
export class ExpireReservation implements StockHandler<ReservationDue> {
  needs({ body: { tenantId, saleId } }: ReservationDue): readonly Need[] {
    return [{ kind: 'reservation', tenantId, saleId }];
  }

  decide(stock: Stock, { message: { body }, now }: Incoming<ReservationDue>): Decision<Change, StockEvent> {
    const reservation = stock.reservationOf(body.tenantId, body.saleId);
    if (reservation?.state !== 'held' || Date.parse(reservation.expiresAt) > now) return {};
    const { tenantId, storeId, saleId, pieces } = reservation;
    return {
      changes: [
        { kind: 'reservation', reservation: expired(reservation) },
        { kind: 'movement', movement: { tenantId, storeId, moves: setFree(pieces) } },
      ],
      effects: [{ event: 'expired', tenantId, storeId, saleId }],
    };
  }
}
