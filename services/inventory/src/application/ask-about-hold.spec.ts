import { inventory } from '@checkout/contracts';
import { commit, handle, levelOf, noon, release, reserve, saleOf, shelvesWith, stateOf, storeId, tenantId } from '../testing.ts';
import { CommitStock } from './commit-stock.ts';
import { AskAboutHold, reservationDue } from './ask-about-hold.ts';
import { ReleaseStock } from './release-stock.ts';
import { holdForMs, ReserveStock } from './reserve-stock.ts';

const ask = new AskAboutHold();
const due = reservationDue({ tenantId, storeId, saleId: saleOf('sale 1') });
const later = noon + holdForMs;

function shopWithAReservation() {
  const stock = shelvesWith({ TEA: 5 });
  handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));
  return stock;
}

describe('a reservation that nobody came back for', () => {
  it('is asked about, and the goods stay set aside: they may be paid for', () => {
    const stock = shopWithAReservation();
    const { messages } = handle(stock, ask, due, later);
    expect(messages).toEqual([inventory.StockHoldOverdue({ tenantId, storeId, saleId: saleOf('sale 1') })]);
    expect([stateOf(stock, 'sale 1'), levelOf(stock, 'TEA').reserved]).toEqual(['held', 2]);
  });

  it('is asked about again as long as nobody says what becomes of it', () => {
    const stock = shopWithAReservation();
    handle(stock, ask, due, later);
    expect(handle(stock, ask, due, later + holdForMs).messages).toHaveLength(1);
  });

  it('goes to the customer who has paid, however late the word of it comes', () => {
    const stock = shopWithAReservation();
    for (let hours = 0; hours < 8; hours += 1) handle(stock, ask, due, later + hours * 4 * holdForMs);
    handle(stock, new CommitStock(), commit('sale 1', { TEA: 2 }), later + 40 * holdForMs);
    expect(levelOf(stock, 'TEA')).toEqual({ onHand: 3, reserved: 0 });
  });

  it('is left alone until its time is up', () => {
    expect(handle(shopWithAReservation(), ask, due, later - 1)).toEqual({});
  });

  it('is left alone when the sale has been paid meanwhile', () => {
    const stock = shopWithAReservation();
    handle(stock, new CommitStock(), commit('sale 1', { TEA: 2 }));
    expect(handle(stock, ask, due, later)).toEqual({});
  });

  it('is left alone when the sale has been called off meanwhile', () => {
    const stock = shopWithAReservation();
    handle(stock, new ReleaseStock(), release('sale 1'));
    expect(handle(stock, ask, due, later)).toEqual({});
  });

  it('is asked about once, though two sweepers find it', () => {
    const stock = shopWithAReservation();
    handle(stock, ask, due, later);
    expect(handle(stock, ask, due, later)).toEqual({});
  });
});
