import { bringBack, handle, levelOf, refundOf, saleOf, shelvesWith, storeId, tenantId } from '../testing.ts';
import { ReturnStock } from './return-stock.ts';

const returnStock = new ReturnStock();
const of = { tenantId, storeId, saleId: saleOf('sale 1'), refundId: refundOf('refund 1') };
const answer = [{ type: 'inventory.stock-returned.v1', body: of }];

describe('goods that come back', () => {
  it('go back on the shelf, and stand in the ledger under the refund', () => {
    const stock = shelvesWith({ TEA: 5 });

    const { messages, changes } = handle(stock, returnStock, bringBack('refund 1', [{ sku: 'TEA', quantity: 2, goods: 'restock' }]));

    expect(messages).toEqual(answer);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 7, reserved: 0 });
    expect(changes).toMatchObject([{ returned: of }, { movement: { entry: { kind: 'return', reference: of.refundId, at: '2026-01-05T12:00:00.000Z' } } }]);
  });

  it('come in and leave again when they are written off: the shelf has no more, the ledger tells of both', () => {
    const stock = shelvesWith({ TEA: 5 });

    const { changes, effects } = handle(stock, returnStock, bringBack('refund 1', [{ sku: 'TEA', quantity: 1, goods: 'restock' }, { sku: 'TEA', quantity: 2, goods: 'write-off' }]));

    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 6, reserved: 0 });
    expect(changes?.slice(1)).toMatchObject([{ movement: { entry: { kind: 'return' }, moves: [{ onHand: 3 }] } }, { movement: { entry: { kind: 'write-off' }, moves: [{ onHand: -2 }] } }]);
    expect(effects).toMatchObject([{ event: 'returned', restocked: 1, writtenOff: 2 }]);
  });

  it('are counted once, however often it is asked', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, returnStock, bringBack('refund 1', [{ sku: 'TEA', quantity: 2, goods: 'restock' }]));

    expect(handle(stock, returnStock, bringBack('refund 1', [{ sku: 'TEA', quantity: 2, goods: 'restock' }]))).toEqual({ messages: answer });
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 7, reserved: 0 });
  });

  it('are taken also where the store has never had the article', () => {
    const stock = shelvesWith({});
    expect(handle(stock, returnStock, bringBack('refund 1', [{ sku: 'TEA', quantity: 2, goods: 'restock' }])).messages).toEqual(answer);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 2, reserved: 0 });
  });
});
