import { aBasket, newCommandId, pen, soap, tea } from '../testing.ts';
import { changeQuantity, close, reopen, scan, viewOf, type Basket, type ChangedBasket } from './basket.ts';
import { mostPieces } from './limits.ts';
import { isRefusal, type Refusal } from './refusal.ts';

const changed = (result: ChangedBasket | Refusal): Basket => {
  if (isRefusal(result)) throw new Error(result.detail);
  return result.basket;
};
const codeOf = (result: ChangedBasket | Refusal) => (isRefusal(result) ? result.code : 'changed');

describe('a basket', () => {
  it('gets a line when an article is scanned, after the lines before it', () => {
    const basket = changed(scan(aBasket([[tea, 2]]), soap, 1));
    expect(basket.lines.map(({ sku, quantity, position }) => [sku, quantity, position])).toEqual([['TEA-80', 2, 1], ['SOAP-4', 1, 2]]);
    expect(basket.version).toBe(4);
  });

  it('adds up when the same article is scanned again, at the price of the first scan', () => {
    const basket = changed(scan(aBasket([[tea, 2]]), { ...tea, unitPriceMinor: 999 }, 3));
    expect(basket.lines).toMatchObject([{ sku: 'TEA-80', quantity: 5, unitPriceMinor: 299 }]);
  });

  it('takes a new price for an article that was removed and is scanned again, and puts it last', () => {
    const without = changed(changeQuantity(aBasket([[tea, 1], [soap, 1]]), tea.sku, 0));
    const basket = changed(scan(without, { ...tea, unitPriceMinor: 310 }, 1));
    expect(basket.lines.map(({ sku, unitPriceMinor }) => [sku, unitPriceMinor])).toEqual([['SOAP-4', 450], ['TEA-80', 310]]);
  });

  it('removes a line whose quantity becomes none', () => {
    expect(changed(changeQuantity(aBasket([[tea, 2], [pen, 1]]), tea.sku, 0)).lines.map(({ sku }) => sku)).toEqual(['PEN-1']);
  });

  it('refuses more pieces of one article than a line may have', () => {
    expect(codeOf(scan(aBasket([[tea, mostPieces]]), tea, 1))).toBe('quantity-invalid');
  });

  it('refuses to change a line that it does not have', () => {
    expect(codeOf(changeQuantity(aBasket([[tea, 2]]), pen.sku, 1))).toBe('line-unknown');
  });

  it('refuses to become worth more than a sale may be', () => {
    expect(codeOf(scan(aBasket([]), { ...tea, unitPriceMinor: 900_000_000_000 }, 2))).toBe('money-overflow');
  });

  it('cannot change while a checkout holds it closed', () => {
    const { basket } = close(aBasket([[tea, 2]]), newCommandId());
    expect(codeOf(scan(basket, soap, 1))).toBe('basket-closed');
    expect(codeOf(scan(basket, tea, 1))).toBe('basket-closed');
    expect(codeOf(changeQuantity(basket, tea.sku, 0))).toBe('basket-closed');
  });

  it('can change again once it is reopened', () => {
    const { basket } = reopen(close(aBasket([[tea, 2]]), newCommandId()).basket);
    expect(codeOf(scan(basket, soap, 1))).toBe('changed');
    expect(viewOf(basket).state).toBe('open');
  });

  it('shows its totals by tax rate and nothing of its inner life', () => {
    expect(viewOf(aBasket([[tea, 2], [soap, 1]]))).toEqual({
      basketId: expect.any(String),
      state: 'open',
      currency: 'GBP',
      taxMode: 'inclusive',
      lines: [
        { sku: 'TEA-80', description: 'Tea, 80 bags', quantity: 2, unitPriceMinor: 299, taxRateBp: 0 },
        { sku: 'SOAP-4', description: 'Soap, 4 bars', quantity: 1, unitPriceMinor: 450, taxRateBp: 2000 },
      ],
      netMinor: 973, taxMinor: 75, grossMinor: 1048,
      taxes: [{ taxRateBp: 0, netMinor: 598, taxMinor: 0, grossMinor: 598 }, { taxRateBp: 2000, netMinor: 375, taxMinor: 75, grossMinor: 450 }],
    });
  });
});
