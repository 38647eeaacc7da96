import { inventory } from '@checkout/contracts';
import { minutes, unreachable } from '@checkout/kernel';
import type { Decision, Incoming } from '@checkout/messaging';
import { setAside } from '../domain/movement.ts';
import { summed } from '../domain/pieces.ts';
import { held, refused, type Reservation } from '../domain/reservation.ts';
import { shortagesOf } from '../domain/shortages.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';

/** Longer than nearly every payment takes. From then on the goods are asked about; they stay set aside until it is known whether they are paid. */
export const holdForMs = minutes(15);

/** Nothing is set aside, so nothing is asked about. */
const nothingHeld = new Date(0).toISOString();

type ReserveDecision = Decision<Change, StockEvent>;

/**
 * Sets the goods of one sale aside: every line, or none. Of goods that have left the shop nothing can be refused: what the books have less of is noted, and
 * taken from them, below zero if it must be, when the sale is committed.
 */
export class ReserveStock implements StockHandler<inventory.ReserveStock> {
  needs({ body: { tenantId, storeId, saleId, lines } }: inventory.ReserveStock): readonly Need[] {
    return [{ kind: 'reservation', tenantId, saleId }, ...lines.map(({ sku }): Need => ({ kind: 'level', tenantId, storeId, sku }))];
  }

  decide(stock: Stock, { message: { body }, now }: Incoming<inventory.ReserveStock>): ReserveDecision {
    const earlier = stock.reservationOf(body.tenantId, body.saleId);
    // Whoever held it and lost it asks again: the answer must be true now, so it is reserved anew.
    if (!earlier || earlier.state === 'expired') return reserve(stock, body, earlier, now);
    return { messages: answerOf(earlier, body.hasLeftShop) };
  }
}

function reserve(stock: Stock, sale: inventory.ReserveStock['body'], earlier: Reservation | undefined, now: number): ReserveDecision {
  const { tenantId, storeId, saleId } = sale;
  const pieces = summed(sale.lines);
  const shortages = shortagesOf(pieces, (sku) => stock.levelOf(tenantId, storeId, sku));
  if (shortages.length > 0) {
    const reservation = refused(sale, earlier, shortages);
    return {
      changes: [{ kind: 'reservation', reservation }],
      messages: answerOf(reservation, sale.hasLeftShop),
      effects: [{ event: sale.hasLeftShop ? 'oversold' : 'refused', tenantId, storeId, saleId, shortages }],
    };
  }
  const reservation = held(sale, earlier, pieces, now + holdForMs);
  return {
    changes: [
      { kind: 'reservation', reservation },
      { kind: 'movement', movement: { tenantId, storeId, moves: setAside(pieces) } },
    ],
    messages: answerOf(reservation),
    effects: [{ event: 'reserved', tenantId, storeId, saleId }],
  };
}

/** The same answer every time it is asked for. */
function answerOf(reservation: Reservation, hasLeftShop?: true) {
  const { tenantId, storeId, saleId } = reservation;
  switch (reservation.state) {
    case 'held':
    case 'committed':
    case 'expired':
      return [inventory.StockReserved({ tenantId, storeId, saleId, expiresAt: reservation.expiresAt })];
    case 'refused':
      if (hasLeftShop) return [inventory.StockReserved({ tenantId, storeId, saleId, expiresAt: nothingHeld, shortages: [...reservation.shortages] })];
      return [inventory.StockRefused({ tenantId, storeId, saleId, shortages: [...reservation.shortages] })];
    case 'released':
      return []; // Overtaken by its own release: the saga that sent both waits for the answer to that.
    default:
      return unreachable(reservation);
  }
}
