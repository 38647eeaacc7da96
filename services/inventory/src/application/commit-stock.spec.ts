import { commit, handle, levelOf, noon, putBackOnce, reserve, saleOf, shelvesWith, stateOf, storeId, tenantId } from '../testing.ts';
import { CommitStock } from './commit-stock.ts';
import { holdForMs, ReserveStock } from './reserve-stock.ts';

const commitStock = new CommitStock();
const sale = { tenantId, storeId, saleId: saleOf('sale 1') };
const answer = [{ type: 'inventory.stock-committed.v1', body: sale }];

describe('committing stock', () => {
  it('takes what was set aside off the shelf and enters it in the ledger', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));

    const { messages, changes } = handle(stock, commitStock, commit('sale 1', { TEA: 2 }));

    expect(messages).toEqual(answer);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 3, reserved: 0 });
    expect(changes?.[1]).toMatchObject({ movement: { entry: { kind: 'sale', reference: sale.saleId, at: '2026-01-05T12:00:00.000Z' } } });
  });

  it('takes it once, however often it is asked', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));
    handle(stock, commitStock, commit('sale 1', { TEA: 2 }));

    expect(handle(stock, commitStock, commit('sale 1', { TEA: 2 }))).toEqual({ messages: answer });
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 3, reserved: 0 });
  });

  it('goes below zero for a paid sale whose reservation had expired, and tells the shop', () => {
    const stock = shelvesWith({ TEA: 2 });
    putBackOnce(stock, 'sale 1', { TEA: 2 });
    handle(stock, new ReserveStock(), reserve('sale 2', { TEA: 2 }), noon + holdForMs);
    handle(stock, commitStock, commit('sale 2', { TEA: 2 }));

    const { messages, effects } = handle(stock, commitStock, commit('sale 1', { TEA: 2 }));

    expect(messages).toEqual(answer);
    expect(effects).toEqual([{ event: 'committed-unheld', ...sale, found: 'expired' }]);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: -2, reserved: 0 });
  });

  it('commits on time even when the sweeper is late', () => {
    const stock = shelvesWith({ TEA: 2 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));

    expect(handle(stock, commitStock, commit('sale 1', { TEA: 2 }), noon + 2 * holdForMs).effects).toMatchObject([{ event: 'committed' }]);
  });

  it('never refuses, not even a sale it knows nothing of', () => {
    const stock = shelvesWith({});

    expect(handle(stock, commitStock, commit('sale 1', { TEA: 2 })).messages).toEqual(answer);
    expect(stateOf(stock, 'sale 1')).toBe('committed');
  });
});
