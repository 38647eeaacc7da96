import { inventory } from '@checkout/contracts';
import { assert } from '@checkout/kernel';
import type { Decision, Incoming } from '@checkout/messaging';
import { setFree } from '../domain/movement.ts';
import { released } from '../domain/reservation.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';

/** Undoes a reservation, whether or not it was ever made: what remains bars one that comes late. */
export class ReleaseStock implements StockHandler<inventory.ReleaseStock> {
  needs({ body: { tenantId, saleId } }: inventory.ReleaseStock): readonly Need[] {
    return [{ kind: 'reservation', tenantId, saleId }];
  }

  decide(stock: Stock, { message: { body } }: Incoming<inventory.ReleaseStock>): Decision<Change, StockEvent> {
    const { tenantId, saleId } = body;
    const messages = [inventory.StockReleased(body)];
    const earlier = stock.reservationOf(tenantId, saleId);
    if (earlier?.state === 'released') return { messages };
    assert(earlier?.state !== 'committed', `sale ${saleId} is released after its goods have left the shop`);

    // The reservation knows its store; the two differ only if somebody else's mistake is being undone.
    const sale = earlier ?? body;
    const { storeId } = sale;
    const tombstone: Change = { kind: 'reservation', reservation: released(sale, earlier) };
    const effects: readonly StockEvent[] = [{ event: 'released', tenantId, storeId, saleId }];
    if (earlier?.state !== 'held') return { changes: [tombstone], messages, effects };
    return { changes: [tombstone, { kind: 'movement', movement: { tenantId, storeId, moves: setFree(earlier.pieces) } }], messages, effects };
  }
}
