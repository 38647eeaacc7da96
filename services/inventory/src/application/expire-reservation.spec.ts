import { commit, handle, levelOf, noon, release, reserve, saleOf, shelvesWith, stateOf, storeId, tenantId } from '../testing.ts';
import { CommitStock } from './commit-stock.ts';
import { ExpireReservation, reservationDue } from './expire-reservation.ts';
import { ReleaseStock } from './release-stock.ts';
import { holdForMs, ReserveStock } from './reserve-stock.ts';

const expire = new ExpireReservation();
const due = reservationDue({ tenantId, storeId, saleId: saleOf('sale 1') });
const later = noon + holdForMs;

function shopWithAReservation() {
  const stock = shelvesWith({ TEA: 5 });
  handle(stock, new ReserveStock(), reserve('sale 1', { TEA: 2 }));
  return stock;
}

describe('an expiring reservation', () => {
  it('puts the goods back', () => {
    const stock = shopWithAReservation();
    handle(stock, expire, due, later);
    expect([stateOf(stock, 'sale 1'), levelOf(stock, 'TEA').reserved]).toEqual(['expired', 0]);
  });

  it('is left alone until its time is up', () => {
    expect(handle(shopWithAReservation(), expire, due, later - 1)).toEqual({});
  });

  it('is left alone when the sale has been paid meanwhile', () => {
    const stock = shopWithAReservation();
    handle(stock, new CommitStock(), commit('sale 1', { TEA: 2 }));
    expect(handle(stock, expire, due, later)).toEqual({});
  });

  it('is left alone when the sale has been called off meanwhile', () => {
    const stock = shopWithAReservation();
    handle(stock, new ReleaseStock(), release('sale 1'));
    expect(handle(stock, expire, due, later)).toEqual({});
  });

  it('expires once, though two sweepers find it', () => {
    const stock = shopWithAReservation();
    handle(stock, expire, due, later);
    expect(handle(stock, expire, due, later)).toEqual({});
  });
});
