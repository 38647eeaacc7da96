import { inventory, type Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { heldLonger, type OfSale } from '../domain/reservation.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';
import { holdForMs } from './reserve-stock.ts';

/** The sweeper found a reservation whose time was up when it looked. Local: it never travels on the bus. */
export type ReservationDue = Message<'inventory.reservation-due', OfSale>;
export const reservationDue = ({ tenantId, storeId, saleId }: OfSale): ReservationDue => ({
  type: 'inventory.reservation-due',
  body: { tenantId, storeId, saleId },
});

/**
 * Asks what becomes of goods that nobody came back for. They are not put back by themselves: the sale may be paid for already, with the word of it on its way
 * through an outage, and its goods are gone. Whoever runs the sale knows, and every sale ends in a commit or a release.
 */
export class AskAboutHold implements StockHandler<ReservationDue> {
  needs({ body: { tenantId, saleId } }: ReservationDue): readonly Need[] {
    return [{ kind: 'reservation', tenantId, saleId }];
  }

  decide(stock: Stock, { message: { body }, now }: Incoming<ReservationDue>): Decision<Change, StockEvent> {
    const reservation = stock.reservationOf(body.tenantId, body.saleId);
    if (reservation?.state !== 'held' || Date.parse(reservation.expiresAt) > now) return {};
    const { tenantId, storeId, saleId } = reservation;
    return {
      changes: [{ kind: 'reservation', reservation: heldLonger(reservation, now + holdForMs) }],
      messages: [inventory.StockHoldOverdue({ tenantId, storeId, saleId })],
      effects: [{ event: 'overdue', tenantId, storeId, saleId }],
    };
  }
}
