import { inventory } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { takeHeld, takeUnheld } from '../domain/movement.ts';
import { summed } from '../domain/pieces.ts';
import { committed, committedUnheld } from '../domain/reservation.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';

/**
 * Turns what was set aside into a sale. It never refuses: the customer has paid and the goods have left the shop, so where nothing is
 * set aside any more the level is lowered all the same, below zero if it must be.
 */
export class CommitStock implements StockHandler<inventory.CommitStock> {
  needs({ body: { tenantId, saleId } }: inventory.CommitStock): readonly Need[] {
    return [{ kind: 'reservation', tenantId, saleId }];
  }

  decide(stock: Stock, { message: { body }, now }: Incoming<inventory.CommitStock>): Decision<Change, StockEvent> {
    const { tenantId, storeId, saleId, lines } = body;
    const messages = [inventory.StockCommitted({ tenantId, storeId, saleId })];
    const earlier = stock.reservationOf(tenantId, saleId);
    if (earlier?.state === 'committed') return { messages };

    const entry = { kind: 'sale', reference: saleId, at: new Date(now).toISOString() } as const;
    if (earlier?.state === 'held') {
      return {
        changes: [
          { kind: 'reservation', reservation: committed(earlier) },
          { kind: 'movement', movement: { tenantId, storeId: earlier.storeId, moves: takeHeld(earlier.pieces), entry } },
        ],
        messages,
        effects: [{ event: 'committed', tenantId, storeId, saleId }],
      };
    }
    const pieces = summed(lines);
    return {
      changes: [
        { kind: 'reservation', reservation: committedUnheld(body, earlier, pieces, now) },
        { kind: 'movement', movement: { tenantId, storeId, moves: takeUnheld(pieces), entry } },
      ],
      messages,
      effects: [{ event: 'committed-unheld', tenantId, storeId, saleId, found: earlier?.state ?? 'nothing' }],
    };
  }
}
