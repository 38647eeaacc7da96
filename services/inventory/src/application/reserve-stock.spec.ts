import { commit, handle, levelOf, noon, putBackOnce, release, reserve, saleOf, shelvesWith, skuOf, stateOf, storeId, tenantId } from '../testing.ts';
import { CommitStock } from './commit-stock.ts';
import { ReleaseStock } from './release-stock.ts';
import { holdForMs, ReserveStock } from './reserve-stock.ts';

const reserveStock = new ReserveStock();
const sale = { tenantId, storeId, saleId: saleOf('sale 1') };

describe('reserving stock', () => {
  it('sets every line aside for fifteen minutes', () => {
    const stock = shelvesWith({ TEA: 5, MILK: 2 });

    const { messages } = handle(stock, reserveStock, reserve('sale 1', { TEA: 2, MILK: 2 }));

    expect(messages).toEqual([{ type: 'inventory.stock-reserved.v1', body: { ...sale, expiresAt: '2026-01-05T12:15:00.000Z' } }]);
    expect([levelOf(stock, 'TEA'), levelOf(stock, 'MILK')]).toEqual([{ onHand: 5, reserved: 2 }, { onHand: 2, reserved: 2 }]);
  });

  it('sets nothing aside when one line is short, and says which', () => {
    const stock = shelvesWith({ TEA: 5, MILK: 2 });

    const { messages } = handle(stock, reserveStock, reserve('sale 1', { TEA: 2, MILK: 3 }));

    expect(messages).toEqual([{ type: 'inventory.stock-refused.v1', body: { ...sale, shortages: [{ sku: 'MILK', wanted: 3, available: 2 }] } }]);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 5, reserved: 0 });
  });

  it('refuses nothing that has left the shop: it says what there was too little of, and takes it below zero when it is sold', () => {
    const stock = shelvesWith({ TEA: 1 });
    const reserved = reserve('sale 1', { TEA: 2, SAFFRON: 1 });
    const gone = { ...reserved, body: { ...reserved.body, hasLeftShop: true as const } };
    const shortages = [{ sku: 'TEA', wanted: 2, available: 1 }, { sku: 'SAFFRON', wanted: 1, available: 0 }];

    const first = handle(stock, reserveStock, gone);
    expect(first.messages).toMatchObject([{ type: 'inventory.stock-reserved.v1', body: { shortages } }]);
    expect(handle(stock, reserveStock, gone).messages).toEqual(first.messages);
    handle(stock, new CommitStock(), commit('sale 1', { TEA: 2, SAFFRON: 1 }));
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: -1, reserved: 0 });
  });

  it('adds up an article that is on two lines of the basket', () => {
    const stock = shelvesWith({ TEA: 3 });
    const twice = reserve('sale 1', { TEA: 2 });
    const message = { ...twice, body: { ...twice.body, lines: [...twice.body.lines, ...twice.body.lines] } };

    expect(handle(stock, reserveStock, message).messages).toMatchObject([{ body: { shortages: [{ sku: 'TEA', wanted: 4, available: 3 }] } }]);
  });

  it('has nothing of an article that the store has never had', () => {
    const { messages } = handle(shelvesWith({}), reserveStock, reserve('sale 1', { SAFFRON: 1 }));
    expect(messages).toMatchObject([{ body: { shortages: [{ sku: 'SAFFRON', wanted: 1, available: 0 }] } }]);
  });

  it('gives the last item to one of two sales', () => {
    const stock = shelvesWith({ TEA: 1 });

    const first = handle(stock, reserveStock, reserve('sale 1', { TEA: 1 }));
    const second = handle(stock, reserveStock, reserve('sale 2', { TEA: 1 }));

    expect([first, second].map(({ messages }) => messages?.[0]?.type)).toEqual(['inventory.stock-reserved.v1', 'inventory.stock-refused.v1']);
  });

  it('never shows a negative number where goods were sold that had not been counted', () => {
    const { messages } = handle(shelvesWith({ TEA: -2 }), reserveStock, reserve('sale 1', { TEA: 1 }));
    expect(messages).toMatchObject([{ body: { shortages: [{ available: 0 }] } }]);
  });

  it('answers a repeated command as it did the first time, and sets nothing aside twice', () => {
    const stock = shelvesWith({ TEA: 5 });
    const first = handle(stock, reserveStock, reserve('sale 1', { TEA: 2 }));

    const again = handle(stock, reserveStock, reserve('sale 1', { TEA: 2 }), noon + 60_000);

    expect(again).toEqual({ messages: first.messages });
    expect(levelOf(stock, 'TEA').reserved).toBe(2);
  });

  it('stays with its refusal even when goods have arrived since', () => {
    const stock = shelvesWith({ TEA: 1 });
    const first = handle(stock, reserveStock, reserve('sale 1', { TEA: 2 }));
    stock.apply({ kind: 'movement', movement: { tenantId, storeId, moves: [{ sku: skuOf('TEA'), onHand: 10, reserved: 0 }] } });

    expect(handle(stock, reserveStock, reserve('sale 1', { TEA: 2 })).messages).toEqual(first.messages);
  });

  it('answers a repeat that comes after the sale', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, reserveStock, reserve('sale 1', { TEA: 2 }));
    handle(stock, new CommitStock(), commit('sale 1', { TEA: 2 }));

    expect(handle(stock, reserveStock, reserve('sale 1', { TEA: 2 })).messages).toMatchObject([{ type: 'inventory.stock-reserved.v1' }]);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 3, reserved: 0 });
  });

  it('does nothing once its own release has overtaken it', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, new ReleaseStock(), release('sale 1'));

    expect(handle(stock, reserveStock, reserve('sale 1', { TEA: 2 }))).toEqual({ messages: [] });
    expect(levelOf(stock, 'TEA').reserved).toBe(0);
  });

  it('holds anew for a sale that asks again after its reservation has expired', () => {
    const stock = shelvesWith({ TEA: 5 });
    const later = noon + holdForMs;
    putBackOnce(stock, 'sale 1', { TEA: 2 });

    expect(handle(stock, reserveStock, reserve('sale 1', { TEA: 2 }), later).messages).toMatchObject([{ body: { expiresAt: '2026-01-05T12:30:00.000Z' } }]);
    expect([stateOf(stock, 'sale 1'), levelOf(stock, 'TEA').reserved]).toEqual(['held', 2]);
  });

  it('looks at its own reservation and at the level of each article', () => {
    const { tenantId: tenant, storeId: store, saleId } = sale;
    expect(reserveStock.needs(reserve('sale 1', { TEA: 1 }))).toEqual([
      { kind: 'reservation', tenantId: tenant, saleId },
      { kind: 'level', tenantId: tenant, storeId: store, sku: 'TEA' },
    ]);
  });
});
