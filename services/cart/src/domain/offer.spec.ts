import type { http } from '@checkout/contracts';
import type { Sku } from '@checkout/kernel';
import { aBasket, anOffer, aStore, pen, soap, tea } from '../testing.ts';
import { faultOf, goodsOfBasket, goodsOfLines, type PricedGoods } from './offer.ts';
import { isRefusal, type Refusal } from './refusal.ts';

const catalogue = new Map([tea, soap, pen].map((product) => [product.sku, product]));
const priced = (lines: NonNullable<http.CheckoutBody['lines']>, store = aStore()) => goodsOfLines(lines, store, (sku) => catalogue.get(sku));
const goods = (result: PricedGoods | Refusal): PricedGoods => {
  if (isRefusal(result)) throw new Error(result.detail);
  return result;
};
const twoTeas = goods(priced([{ sku: tea.sku, quantity: 2 }]));

describe('the goods of an offer', () => {
  it('are priced from the catalogue', () => {
    expect(twoTeas).toEqual({ currency: 'GBP', taxMode: 'inclusive', lines: [{ sku: 'TEA-80', description: 'Tea, 80 bags', quantity: 2, unitPriceMinor: 299, taxRateBp: 0 }] });
  });

  it('are one line for each article, however often it is named', () => {
    expect(goods(priced([{ sku: tea.sku, quantity: 1 }, { sku: pen.sku, quantity: 1 }, { sku: tea.sku, quantity: 2 }])).lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([['TEA-80', 3], ['PEN-1', 1]]);
  });

  it('are refused with a pointer to every unknown article', () => {
    expect(priced([{ sku: tea.sku, quantity: 1 }, { sku: 'NO-1' as Sku, quantity: 1 }, { sku: 'NO-2' as Sku, quantity: 1 }])).toMatchObject({
      code: 'sku-unknown', faults: [{ pointer: '/lines/1/sku' }, { pointer: '/lines/2/sku' }],
    });
  });

  it('are refused when one article adds up to too many pieces', () => {
    expect(priced([{ sku: tea.sku, quantity: 999 }, { sku: tea.sku, quantity: 1 }])).toMatchObject({ code: 'quantity-invalid', faults: [{ pointer: '/lines/1/quantity' }] });
  });

  it('come from a basket at the prices of its scans, without its inner life', () => {
    expect(goodsOfBasket(aBasket([[{ ...tea, unitPriceMinor: 250 }, 2]]))).toEqual({ currency: 'GBP', taxMode: 'inclusive', lines: [{ sku: 'TEA-80', description: 'Tea, 80 bags', quantity: 2, unitPriceMinor: 250, taxRateBp: 0 }] });
  });

  it('cannot come from an empty basket', () => {
    expect(goodsOfBasket(aBasket([]))).toMatchObject({ code: 'basket-empty' });
  });
});

describe('an offer', () => {
  const cash = (amountMinor: number, tenderedMinor: number) => ({ type: 'cash' as const, amountMinor, tenderedMinor });
  const card = (amountMinor: number) => ({ type: 'card' as const, amountMinor, cardToken: 'tok_1' });

  it.each([
    ['card', anOffer()],
    ['cash with change', anOffer({ tenders: [cash(598, 1000)] })],
    ['card and cash together', anOffer({ tenders: [card(500), cash(98, 98)] })],
  ])('is in order when it is paid by %s', (_, offer) => {
    expect(faultOf(offer, twoTeas)).toBeUndefined();
  });

  it('is refused when its total is not the price of the goods, and both are said', () => {
    expect(faultOf(anOffer({ totalMinor: 597 }), twoTeas)).toMatchObject({ code: 'total-mismatch', detail: 'The till says 5.97 GBP (597), the catalogue says 5.98 GBP (598).' });
  });

  it('is refused in another currency than the store sells in', () => {
    expect(faultOf(anOffer({ currency: 'EUR' }), twoTeas)).toMatchObject({ code: 'currency-mismatch' });
  });

  it.each([
    ['too little', [card(597)]],
    ['too much', [card(599)]],
    ['cash that was not handed over', [cash(598, 500)]],
  ])('is refused when the payments are %s', (_, tenders) => {
    expect(faultOf(anOffer({ totalMinor: 598, tenders }), twoTeas)).toMatchObject({ code: 'tender-mismatch' });
  });

  it('X089 is refused when no message could hold its receipt', () => {
    const lines = Array.from({ length: 500 }, (_, index) => ({ sku: `ARTICLE-${index}` as Sku, quantity: 1 }));
    const wordy = goods(goodsOfLines(lines, aStore(), (sku) => ({ ...tea, sku, description: '\u8336'.repeat(80) })));
    expect(faultOf(anOffer({ totalMinor: 500 * 299, tenders: [card(500 * 299)] }), wordy)).toMatchObject({ code: 'line-limit' });
  });

  it('is refused when the change would be more than an amount may be', () => {
    const tenders = [card(596), cash(1, 1_000_000_000_000), cash(1, 1_000_000_000_000)];
    expect(faultOf(anOffer({ totalMinor: 598, tenders }), twoTeas)).toMatchObject({ code: 'money-overflow', faults: [{ pointer: '/tenders' }] });
  });

  it('adds tax to the shelf price where the store does', () => {
    const inNewYork = goods(priced([{ sku: pen.sku, quantity: 1 }], aStore({ currency: 'USD', taxMode: 'exclusive' })));
    expect(faultOf(anOffer({ currency: 'USD', totalMinor: 144 }), inNewYork)).toBeUndefined();
  });

  it('is refused when the goods are worth more than a sale may be', () => {
    const gold = goods(goodsOfLines([{ sku: tea.sku, quantity: 999 }], aStore(), () => ({ ...tea, unitPriceMinor: 1_000_000_000_000 })));
    expect(faultOf(anOffer(), gold)).toMatchObject({ code: 'money-overflow' });
  });
});
