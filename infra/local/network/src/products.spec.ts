import { http } from '@checkout/contracts';
import { card, cash, totalOf } from './baskets.ts';
import { clients, tenants } from './people.ts';
import { products } from './products.ts';

describe('the seeded shop', () => {
  it('stocks a few hundred products that the catalogue accepts', () => {
    expect(products.length).toBeGreaterThan(200);
    expect(http.CatalogueBody.safeParse({ products: [...products] }).success).toBe(true);
  });

  it('gives every product its own SKU and a barcode whose check digit is right', () => {
    expect(new Set(products.map(({ sku }) => sku)).size).toBe(products.length);
    expect(new Set(products.map(({ barcode }) => barcode)).size).toBe(products.length);
    for (const { barcode } of products) {
      const sum = [...barcode].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
      expect({ barcode, rest: sum % 10 }).toEqual({ barcode, rest: 0 });
    }
  });

  it('has two stores with two tills each, and a second tenant that must never see them', () => {
    const tills = clients().filter(({ roles }) => roles.includes('till'));
    expect(tills.filter(({ tenant }) => tenant === 'brightside').map(({ store }) => store)).toEqual(['LEEDS-01', 'LEEDS-01', 'YORK-02', 'YORK-02']);
    expect(Object.keys(tenants)).toHaveLength(2);
  });

  it('prices a basket as the till shows it', () => {
    const [{ sku, unitPriceMinor } = { sku: '', unitPriceMinor: 0 }] = products;
    expect(totalOf([{ sku, quantity: 3 }])).toBe(3 * unitPriceMinor);
    expect([card(5).amountMinor, cash(5, 10).tenderedMinor]).toEqual([5, 10]);
  });
});
