import type { http } from '@checkout/contracts';
import { acme, decideOn, pen, rowsOf, soap, tea } from '../testing.ts';
import { saveProducts, type SaveProducts } from './save-products.ts';

const saving = (...products: readonly http.Product[]): SaveProducts => ({ type: 'cart.save-products', body: { tenantId: acme, products } });

describe('loading a page of the catalogue', () => {
  it('saves new products and new prices alike', () => {
    const cheaper = { ...tea, unitPriceMinor: 199 };
    expect(decideOn(rowsOf({ products: [tea] }), saveProducts, saving(cheaper, pen))).toMatchObject({ changes: [{ products: [cheaper, pen] }], answer: { kind: 'saved' } });
  });

  it('is refused as a whole when a barcode belongs to another product', () => {
    expect(decideOn(rowsOf({ products: [tea] }), saveProducts, saving(pen, { ...soap, barcode: '5012345678900' }))).toEqual({
      answer: { kind: 'refused', code: 'barcode-taken', detail: 'A barcode belongs to another product.', faults: [{ pointer: '/products/1/barcode', detail: 'belongs to TEA-80' }] },
    });
  });

  it('is refused when two of its products claim one barcode', () => {
    expect(decideOn(rowsOf(), saveProducts, saving(tea, { ...soap, barcode: '5012345678900' })).answer).toMatchObject({ code: 'barcode-taken' });
  });

  it('is refused when a product is named twice', () => {
    expect(decideOn(rowsOf(), saveProducts, saving(tea, pen, tea)).answer).toMatchObject({ code: 'product-repeated', faults: [{ pointer: '/products/2/sku' }] });
  });

  it('lets a barcode move once its old owner has given it up', () => {
    const rows = rowsOf({ products: [tea] });
    const { barcode: _, ...without } = tea;
    decideOn(rows, saveProducts, saving(without));
    expect(decideOn(rows, saveProducts, saving({ ...soap, barcode: '5012345678900' })).answer).toEqual({ kind: 'saved' });
  });
});
