import { commit, handle, levelOf, release, reserve, saleOf, shelvesWith, stateOf, storeId, tenantId } from '../testing.ts';
import { CommitStock } from './commit-stock.ts';
import { ReleaseStock } from './release-stock.ts';
import { ReserveStock } from './reserve-stock.ts';

const releaseStock = new ReleaseStock();
const answer = [{ type: 'inventory.stock-released.v1', body: { tenantId, storeId, saleId: saleOf('sale 1') } }];

describe('releasing stock', () => {
  it('puts back what was set aside', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));

    expect(handle(stock, releaseStock, release('sale 1')).messages).toEqual(answer);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 5, reserved: 0 });
  });

  it('puts it back once, however often it is asked', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));
    handle(stock, releaseStock, release('sale 1'));

    expect(handle(stock, releaseStock, release('sale 1'))).toEqual({ messages: answer });
    expect(levelOf(stock, 'TEA').reserved).toBe(0);
  });

  it('succeeds where nothing was ever reserved, and remembers it', () => {
    const stock = shelvesWith({});

    expect(handle(stock, releaseStock, release('sale 1')).messages).toEqual(answer);
    expect(stateOf(stock, 'sale 1')).toBe('released');
  });

  it('calls off a refused reservation without touching a level', () => {
    const stock = shelvesWith({ TEA: 1 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));

    expect(handle(stock, releaseStock, release('sale 1')).messages).toEqual(answer);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 1, reserved: 0 });
  });

  it('is a defect once the goods have left the shop', () => {
    const stock = shelvesWith({ TEA: 5 });
    handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));
    handle(stock, new CommitStock(), commit('sale 1', { TEA: 2 }));

    expect(() => handle(stock, releaseStock, release('sale 1'))).toThrow(/after its goods have left/);
  });
});
