import { skuOf, storeId, tenantId } from '../testing.ts';
import { CheckStock } from './check-stock.ts';
import type { Difference } from './ports.ts';

const check = (...differences: Difference[]) => new CheckStock({ differences: () => Promise.resolve(differences) }).of(tenantId, storeId);

describe('checking stock', () => {
  it('is content when nothing differs', async () => {
    expect(await check()).toEqual({ ok: true, differences: [] });
  });

  it('shows each article that differs', async () => {
    const tea = { sku: skuOf('TEA'), onHand: 5, ledger: 4, reserved: 0, held: 0 };
    expect(await check(tea)).toEqual({ ok: false, differences: [tea] });
  });
});
