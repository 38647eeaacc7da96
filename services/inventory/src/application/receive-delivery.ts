import type { Message } from '@checkout/contracts';
import type { Sku, StoreId, TenantId } from '@checkout/kernel';
import type { Decision, Incoming } from '@checkout/messaging';
import { bodyHashOf, type Delivery } from '../domain/delivery.ts';
import { bring } from '../domain/movement.ts';
import { summed, type Pieces } from '../domain/pieces.ts';
import { mostOnHand } from '../domain/stock-level.ts';
import type { Change, Stock } from '../domain/stock.ts';
import type { Need, StockEvent, StockHandler } from './ports.ts';

interface Goods {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly deliveryId: string;
  readonly lines: readonly Pieces[];
}

/** The back office says that goods have arrived. Local: it comes over HTTP. */
export type DeliveryArrived = Message<'inventory.delivery-arrived', Goods>;
export const deliveryArrived = (body: Goods): DeliveryArrived => ({ type: 'inventory.delivery-arrived', body });

export type DeliveryAnswer =
  | { readonly outcome: 'received' | 'already-received'; readonly receivedAt: string }
  /** The id belongs to another delivery; nothing was counted. */
  | { readonly outcome: 'other-body' }
  /** More than a store may have; nothing was counted. */
  | { readonly outcome: 'too-many'; readonly sku: Sku };

/** Counts goods in, once for each delivery id. */
export class ReceiveDelivery implements StockHandler<DeliveryArrived, DeliveryAnswer> {
  needs({ body: { tenantId, storeId, deliveryId, lines } }: DeliveryArrived): readonly Need[] {
    return [{ kind: 'delivery', tenantId, deliveryId }, ...lines.map(({ sku }): Need => ({ kind: 'level', tenantId, storeId, sku }))];
  }

  decide(stock: Stock, { message: { body }, now }: Incoming<DeliveryArrived>): Decision<Change, StockEvent, DeliveryAnswer> {
    const { tenantId, storeId, deliveryId, lines } = body;
    const pieces = summed(lines);
    const bodyHash = bodyHashOf(storeId, pieces);
    const earlier = stock.deliveryOf(tenantId, deliveryId);
    if (earlier) {
      return { answer: earlier.bodyHash === bodyHash ? { outcome: 'already-received', receivedAt: earlier.receivedAt } : { outcome: 'other-body' } };
    }
    const tooMany = pieces.find(({ sku, quantity }) => stock.levelOf(tenantId, storeId, sku).onHand + quantity > mostOnHand);
    if (tooMany) return { answer: { outcome: 'too-many', sku: tooMany.sku } };

    const receivedAt = new Date(now).toISOString();
    const delivery: Delivery = { tenantId, deliveryId, storeId, bodyHash, receivedAt };
    return {
      changes: [
        { kind: 'delivery', delivery },
        { kind: 'movement', movement: { tenantId, storeId, moves: bring(pieces), entry: { kind: 'delivery', reference: deliveryId, at: receivedAt } } },
      ],
      effects: [{ event: 'delivered', tenantId, storeId, deliveryId }],
      answer: { outcome: 'received', receivedAt },
    };
  }
}
