import { uuidv7, type SaleId } from '@checkout/kernel';
import { acme, aStore, decideOn, leeds, rowsOf } from '../testing.ts';
import { openBasket, type OpenBasket } from './open-basket.ts';

const opening = (): OpenBasket => ({ type: 'cart.open-basket', body: { tenantId: acme, storeId: leeds, basketId: uuidv7() as SaleId } });

describe('opening a basket', () => {
  it('gives an empty one in the currency and tax mode of the store', () => {
    expect(decideOn(rowsOf({ stores: [aStore({ currency: 'USD', taxMode: 'exclusive' })] }), openBasket, opening()).answer).toMatchObject({ currency: 'USD', taxMode: 'exclusive', lines: [], version: 1 });
  });

  it('is refused for a store that is not set up', () => {
    expect(decideOn(rowsOf(), openBasket, opening()).answer).toMatchObject({ code: 'store-unknown' });
  });

  it('gives the same basket when its commit was in doubt and it is decided again', () => {
    const rows = rowsOf({ stores: [aStore()] });
    const message = opening();
    const first = decideOn(rows, openBasket, message);
    expect(decideOn(rows, openBasket, message)).toEqual({ answer: first.answer });
  });
});
