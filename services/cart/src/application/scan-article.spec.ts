import { uuidv7, type Sku, type StoreId } from '@checkout/kernel';
import { aBasket, acme, decideOn, leeds, rowsOf, soap, tea } from '../testing.ts';
import { scanArticle, type Article, type ScanArticle } from './scan-article.ts';

const basket = aBasket([[tea, 2]]);
const shop = () => rowsOf({ products: [tea, soap], baskets: [basket] });
const scanning = (article: Article, quantity = 1, storeId: StoreId = leeds): ScanArticle => ({ type: 'cart.scan-article', body: { tenantId: acme, storeId, basketId: basket.basketId, article, quantity } });

describe('scanning an article', () => {
  it.each([['SKU', { sku: soap.sku }], ['barcode', { barcode: '5012345678917' }]])('finds it by %s', (_, article) => {
    expect(decideOn(shop(), scanArticle, scanning(article)).answer).toMatchObject({ lines: [{ sku: 'TEA-80' }, { sku: 'SOAP-4', quantity: 1 }] });
  });

  it('is refused for an article that is not in the catalogue', () => {
    expect(decideOn(shop(), scanArticle, scanning({ sku: 'NO-1' as Sku }))).toEqual({ answer: expect.objectContaining({ code: 'sku-unknown', faults: [expect.objectContaining({ pointer: '/sku' })] }) });
    expect(decideOn(shop(), scanArticle, scanning({ barcode: '00000000' })).answer).toMatchObject({ code: 'sku-unknown', faults: [{ pointer: '/barcode' }] });
  });

  it('does not know the basket of another store', () => {
    expect(decideOn(shop(), scanArticle, scanning({ sku: tea.sku }, 1, 'YORK-01' as StoreId)).answer).toMatchObject({ code: 'basket-unknown' });
  });

  it('adds the pieces once when its commit was in doubt and it is decided again', () => {
    const rows = shop();
    const id = uuidv7();
    decideOn(rows, scanArticle, scanning({ sku: tea.sku }, 3), { id });
    expect(decideOn(rows, scanArticle, scanning({ sku: tea.sku }, 3), { id })).toEqual({ answer: expect.objectContaining({ lines: [expect.objectContaining({ quantity: 5 })] }) });
  });
});
