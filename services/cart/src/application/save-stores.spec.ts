import { acme, aStore, decideOn, leeds, rowsOf } from '../testing.ts';
import { keyOf } from './ports.ts';
import { saveStores } from './save-stores.ts';

describe('setting up stores', () => {
  it('keeps the last of a store that is named twice', () => {
    const rows = rowsOf();
    decideOn(rows, saveStores, { type: 'cart.save-stores', body: { tenantId: acme, stores: [aStore({ name: 'Old' }), aStore({ name: 'New' })] } });
    expect(rows.stores.get(keyOf(acme, leeds))?.name).toBe('New');
  });
});
