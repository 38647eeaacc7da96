import type { TenantId } from '@checkout/kernel';
import { changeQuantity } from '../domain/basket.ts';
import { aBasket, acme, leeds, rowsOf, tea } from '../testing.ts';
import { changeBasket } from './change-basket.ts';

const basket = aBasket([[tea, 2]]);
const of = { tenantId: acme, storeId: leeds, basketId: basket.basketId };

describe('a change to a basket', () => {
  it('is remembered with the basket, under a new version', () => {
    const { changes } = changeBasket(rowsOf({ baskets: [basket] }), of, 'change-1', (each) => changeQuantity(each, tea.sku, 5));
    expect(changes).toMatchObject([{ kind: 'basket-saved', touched: [tea.sku], basket: { lastChange: 'change-1', version: basket.version + 1 } }]);
  });

  it('is not made again when the basket has it already', () => {
    const changed = { ...basket, lastChange: 'change-1' };
    expect(changeBasket(rowsOf({ baskets: [changed] }), of, 'change-1', () => { throw new Error('not asked'); })).toEqual({ answer: changed });
  });

  it('never reaches another tenant', () => {
    expect(changeBasket(rowsOf({ baskets: [basket] }), { ...of, tenantId: 'other' as TenantId }, 'change-1', (each) => changeQuantity(each, tea.sku, 5)).answer).toMatchObject({ code: 'basket-unknown' });
  });
});
