import { handle, levelOf, linesOf, noon, reserve, shelvesWith, storeId, tenantId } from '../testing.ts';
import { deliveryArrived, ReceiveDelivery } from './receive-delivery.ts';
import { ReserveStock } from './reserve-stock.ts';

const receive = new ReceiveDelivery();
const delivery = (pieces: Readonly<Record<string, number>>, deliveryId = 'D-1') => deliveryArrived({ tenantId, storeId, deliveryId, lines: linesOf(pieces) });

describe('a delivery', () => {
  it('puts goods on the shelf, and in the ledger under its id', () => {
    const stock = shelvesWith({ TEA: 1 });

    const { answer, changes } = handle(stock, receive, delivery({ TEA: 10, MILK: 4 }));

    expect(answer).toEqual({ outcome: 'received', receivedAt: '2026-01-05T12:00:00.000Z' });
    expect([levelOf(stock, 'TEA').onHand, levelOf(stock, 'MILK').onHand]).toEqual([11, 4]);
    expect(changes?.[1]).toMatchObject({ movement: { entry: { kind: 'delivery', reference: 'D-1' } } });
  });

  it('can be sold in the very batch that received it', () => {
    const stock = shelvesWith({});
    handle(stock, receive, delivery({ TEA: 1 }));
    expect(handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 1 })).messages).toMatchObject([{ type: 'inventory.stock-reserved.v1' }]);
  });

  it('counts once when it is reported again, in whatever order its lines come', () => {
    const stock = shelvesWith({});
    handle(stock, receive, delivery({ TEA: 10, MILK: 4 }));

    expect(handle(stock, receive, delivery({ MILK: 4, TEA: 10 }), noon + 60_000)).toEqual({ answer: { outcome: 'already-received', receivedAt: '2026-01-05T12:00:00.000Z' } });
    expect(levelOf(stock, 'TEA').onHand).toBe(10);
  });

  it('is turned away when its id belongs to other goods', () => {
    const stock = shelvesWith({});
    handle(stock, receive, delivery({ TEA: 10 }));

    expect(handle(stock, receive, delivery({ TEA: 11 }))).toEqual({ answer: { outcome: 'other-body' } });
    expect(levelOf(stock, 'TEA').onHand).toBe(10);
  });

  it('is turned away whole when a shelf could not hold it', () => {
    const stock = shelvesWith({ TEA: 999_999_999 });

    expect(handle(stock, receive, delivery({ MILK: 1, TEA: 2 }))).toEqual({ answer: { outcome: 'too-many', sku: 'TEA' } });
    expect(levelOf(stock, 'MILK').onHand).toBe(0);
  });
});
