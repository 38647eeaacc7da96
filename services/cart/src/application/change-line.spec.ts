import { aBasket, acme, decideOn, leeds, newCommandId, rowsOf, soap, tea } from '../testing.ts';
import { changeLine, type ChangeLine } from './change-line.ts';

const basket = aBasket([[tea, 2], [soap, 1]]);
const changing = (quantity: number): ChangeLine => ({ type: 'cart.change-line', body: { tenantId: acme, storeId: leeds, basketId: basket.basketId, sku: tea.sku, quantity } });

describe('changing a line', () => {
  it('sets its quantity', () => {
    expect(decideOn(rowsOf({ baskets: [basket] }), changeLine, changing(7)).answer).toMatchObject({ lines: [{ sku: 'TEA-80', quantity: 7 }, { sku: 'SOAP-4' }] });
  });

  it('removes it when none is left', () => {
    expect(decideOn(rowsOf({ baskets: [basket] }), changeLine, changing(0)).changes).toMatchObject([{ basket: { lines: [{ sku: 'SOAP-4' }] }, touched: ['TEA-80'] }]);
  });

  it('is refused while the basket is being paid', () => {
    expect(decideOn(rowsOf({ baskets: [{ ...basket, commandId: newCommandId() }] }), changeLine, changing(1))).toEqual({ answer: expect.objectContaining({ code: 'basket-closed' }) });
  });

  it('is refused where there is no such basket', () => {
    expect(decideOn(rowsOf(), changeLine, changing(1)).answer).toMatchObject({ code: 'basket-unknown' });
  });
});
