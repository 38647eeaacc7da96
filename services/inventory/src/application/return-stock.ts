import { inventory } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { bring, takeUnheld, type Movement } from '../domain/movement.ts';
import { summed, type Pieces } from '../domain/pieces.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';

/**
 * Counts returned goods in, once for each refund. It never refuses: the customer has handed them over. What cannot be sold again comes in as well and is written
 * off in the same breath, so that the ledger tells of every piece.
 */
export class ReturnStock implements StockHandler<inventory.ReturnStock> {
  needs({ body: { tenantId, refundId } }: inventory.ReturnStock): readonly Need[] {
    return [{ kind: 'return', tenantId, refundId }];
  }

  decide(stock: Stock, { message: { body }, now }: Incoming<inventory.ReturnStock>): Decision<Change, StockEvent> {
    const { tenantId, storeId, saleId, refundId, lines } = body;
    const of = { tenantId, storeId, saleId, refundId };
    const messages = [inventory.StockReturned(of)];
    if (stock.returnOf(tenantId, refundId)) return { messages };

    const returnedAt = new Date(now).toISOString();
    const pieces = summed(lines);
    const spoilt = summed(lines.filter(({ goods }) => goods === 'write-off'));
    const because = (kind: 'return' | 'write-off') => ({ kind, reference: refundId, at: returnedAt });
    const movements: Movement[] = [{ tenantId, storeId, moves: bring(pieces), entry: because('return') }];
    if (spoilt.length > 0) movements.push({ tenantId, storeId, moves: takeUnheld(spoilt), entry: because('write-off') });
    return {
      changes: [{ kind: 'return', returned: { ...of, returnedAt } }, ...movements.map((movement): Change => ({ kind: 'movement', movement }))],
      messages,
      effects: [{ event: 'returned', ...of, restocked: countOf(pieces) - countOf(spoilt), writtenOff: countOf(spoilt) }],
    };
  }
}

const countOf = (pieces: readonly Pieces[]): number => pieces.reduce((sum, { quantity }) => sum + quantity, 0);
