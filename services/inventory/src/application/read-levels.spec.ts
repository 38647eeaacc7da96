import { skuOf, storeId, tenantId } from '../testing.ts';
import { ReadLevels } from './read-levels.ts';

describe('reading levels', () => {
  it('answers for every article that was asked for, in that order', async () => {
    const tea = { sku: skuOf('TEA'), onHand: 5, reserved: 2 };
    const levels = new ReadLevels({ levels: () => Promise.resolve([tea]), page: () => Promise.resolve([]) });

    expect(await levels.of(tenantId, storeId, [skuOf('SAFFRON'), skuOf('TEA')])).toEqual([
      { sku: 'SAFFRON', onHand: 0, reserved: 0, available: 0 },
      { ...tea, available: 3 },
    ]);
  });
});
