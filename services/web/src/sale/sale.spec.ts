import type { http, Language } from '@checkout/contracts';
import type { Sku } from '@checkout/kernel';
import { amountIn, shownAmount } from './amount.ts';
import { added, repriced, totalsOf, withQuantity, type Basket } from './basket.ts';
import { words } from '../words/index.ts';
import { receiptText } from './receipt.ts';
import { Scanner } from './scanner.ts';
import { exactly, found, quantityAndWords } from './search.ts';
import { changeMinorOf, dueMinor, withCard, withCash } from './tenders.ts';

const tea: http.Product = { sku: 'TEA-01' as Sku, barcode: '5000000000005', description: 'Tea bags, 40', unitPriceMinor: 249, taxRateBp: 0 };
const cola: http.Product = { sku: 'SOF-01' as Sku, barcode: '5000000220018', description: 'Soft drinks, Cöla 2 l', unitPriceMinor: 175, taxRateBp: 2_000 };
const basketOf = (...changes: ReturnType<typeof added>[]): Basket => changes.at(-1)?.basket ?? [];

describe('a basket on the counter', () => {
  it('adds up scans of one article, and shows the tax', () => {
    const one = basketOf(added([], tea));
    const three = basketOf(added(basketOf(added(one, cola)), tea));
    expect(three.map(({ product, quantity }) => [product.sku, quantity])).toEqual([['TEA-01', 2], ['SOF-01', 1]]);
    expect(totalsOf(three, 'inclusive')).toMatchObject({ grossMinor: 673, taxMinor: 29 });
  });

  it('voids a line', () => {
    expect(withQuantity(basketOf(added([], tea)), tea.sku, 0).basket).toEqual([]);
  });

  it.each([0.5, -1, 1_000, 100_000, Number.NaN])('does not take %d pieces', (quantity) => {
    expect(added([], tea, quantity)).toEqual({ fault: 'quantity-invalid' });
  });

  it('takes new prices, and leaves out what is sold no more', () => {
    const basket = basketOf(added(basketOf(added([], tea, 2)), cola));
    expect(repriced(basket, (sku) => (sku === tea.sku ? { ...tea, unitPriceMinor: 260 } : undefined))).toEqual([{ product: { ...tea, unitPriceMinor: 260 }, quantity: 2 }]);
  });
});

describe('payment', () => {
  it('gives change for cash', () => {
    const { tenders = [] } = withCash(673, [], 1_000);
    expect([dueMinor(673, tenders), changeMinorOf(tenders)]).toEqual([0, 327]);
  });

  it('is split between cash and card', () => {
    const { tenders: cash = [] } = withCash(673, [], 500);
    const { tenders = [] } = withCard(673, cash, 173, 'tok_visa');
    expect(tenders).toEqual([{ type: 'cash', amountMinor: 500, tenderedMinor: 500 }, { type: 'card', amountMinor: 173, cardToken: 'tok_visa' }]);
    expect(changeMinorOf(tenders)).toBe(0);
  });

  it('takes no more from a card than is due, and nothing when nothing is', () => {
    expect(withCard(673, [], 674, 'tok_visa')).toEqual({ fault: 'more-than-due' });
    expect(withCash(673, [{ type: 'card', amountMinor: 673, cardToken: 'tok_visa' }], 1)).toEqual({ fault: 'nothing-due' });
    expect(withCash(673, [], 0)).toEqual({ fault: 'amount-invalid' });
  });
});

describe('amounts', () => {
  it.each([['20', 2_000], ['12.5', 1_250], ['12,50', 1_250], ['0.05', 5], ['12.505', undefined], ['1e3', undefined], ['-1', undefined], ['', undefined]])('“%s” is %s', (text, minor) => {
    expect(amountIn(text, 'GBP')).toBe(minor);
  });

  it('have the digits of their currency', () => {
    expect([amountIn('500', 'JPY'), amountIn('5.00', 'JPY'), amountIn('1.234', 'BHD')]).toEqual([500, undefined, 1_234]);
    expect(shownAmount(1_234, 'GBP', 'en-GB')).toBe('£12.34');
    expect(shownAmount(1_234, 'EUR', 'de-DE')).toMatch(/^12,34\s€$/);
  });
});

describe('a scanner that types', () => {
  const type = (text: string, gapMs: number): string | undefined => {
    const scanner = new Scanner();
    return [...text, 'Enter'].map((key, index) => scanner.key(key, 1_000 + index * gapMs)).at(-1);
  };
  it('is told from a person by its speed', () => {
    expect([type('5000000000005', 8), type('5000000000005', 120)]).toEqual(['5000000000005', undefined]);
  });
  it('is not heard for less than a barcode, nor for one whose check digit is wrong', () => {
    expect([type('123', 8), type('5000000000007', 8)]).toEqual([undefined, undefined]);
  });
  it('is never heard by half: a slow key in the middle makes it typing', () => {
    const scanner = new Scanner();
    const at = (index: number) => 1_000 + index * 8 + (index > 0 ? 200 : 0);
    expect([...'15000000000005', 'Enter'].map((key, index) => scanner.key(key, at(index))).at(-1)).toBeUndefined();
    expect([...'5000000000005', 'Enter'].map((key, index) => scanner.key(key, 5_000 + index * 8)).at(-1)).toBe('5000000000005');
  });
});

describe('search', () => {
  it('finds by the beginnings of words, whatever their accents, and by barcode', () => {
    expect(found([tea, cola], 'soft co').map(({ sku }) => sku)).toEqual(['SOF-01']);
    expect(found([tea, cola], 'TEA 40').map(({ sku }) => sku)).toEqual(['TEA-01']);
    expect(exactly([tea, cola], '5000000220018')).toBe(cola);
    expect(found([tea, cola], ' ')).toEqual([]);
  });
  it('reads a quantity before the words', () => {
    expect([quantityAndWords('3*tea bags'), quantityAndWords('7 up'), quantityAndWords('12 x 5000000000005')]).toEqual([{ quantity: 3, words: 'tea bags' }, { quantity: 1, words: '7 up' }, { quantity: 12, words: '5000000000005' }]);
  });
});

describe('a receipt in the language of the till', () => {
  const goods = {
    storeName: 'Brightside Leeds', tillId: 'LEEDS-01-T1', number: 'LEEDS-01-T1-000007', soldAt: Date.UTC(2026, 10, 22, 10, 0, 0), commandId: '01890000-0000-7000-8000-000000000000',
    lines: [
      { sku: tea.sku, description: tea.description, quantity: 2, unitPriceMinor: 249, taxRateBp: 0 },
      { sku: cola.sku, description: 'Soft drinks of the region, without sugar, in a bottle of two litres', quantity: 1, unitPriceMinor: 175, taxRateBp: 2_000 },
    ],
    taxMode: 'inclusive', currency: 'GBP', tenders: [{ type: 'cash', amountMinor: 673, tenderedMinor: 1_000 }],
  } as const;
  const printed = (language: Language, more: object = {}) => receiptText({ ...goods, ...more }, { ...words[language], receipt: words[language].provisional, total: words[language].total.toUpperCase() });

  it('is laid out for a printer of 42 columns, with nothing cut off', () => {
    const text = printed('en');
    expect(text).toContain('Provisional receipt LEEDS-01-T1-000007');
    expect(text).toMatch(/TOTAL GBP +6\.73\n/);
    expect(text).toMatch(/Change +3\.27\n/);
    expect(text.replaceAll('\n', ' ')).toContain('Soft drinks of the region, without sugar, in a bottle of two litres');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(42);
  });

  it('is German on a till that speaks German', () => {
    const text = printed('de', { saleId: '0f0e4c55-27f5-5d8c-9c0e-2f6b8f1f8f10' });
    expect([/SUMME GBP +6,73\n/, /Wechselgeld +3,27\n/, /Steuer 20 % \/ 1,75 +0,29\n/, /22\.11\.26/, /Verkauf 0f0e4c55/].map((form) => form.test(text))).toEqual([true, true, true, true, true]);
  });

  it('shows what tax was added where it is added at the till', () => {
    expect(printed('en', { taxMode: 'exclusive' })).toMatch(/Subtotal +6\.73\nTax +0\.35\nTOTAL GBP +7\.08\n/);
  });
});
