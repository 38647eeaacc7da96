import type { http, Message } from '@checkout/contracts';
import type { TenantId } from '@checkout/kernel';
import type { CartHandler } from './ports.ts';

export type SaveStores = Message<'cart.save-stores', { readonly tenantId: TenantId; readonly stores: readonly http.Store[] }>;

/** Sets stores up, or changes them. Of a store named twice the last entry holds. */
export const saveStores: CartHandler<SaveStores> = {
  needs: () => [],

  decide: (_, { message: { body: { tenantId, stores } }, now }) => ({
    changes: [{ kind: 'stores-saved', tenantId, stores: [...new Map(stores.map((store) => [store.storeId, store])).values()], at: now }],
  }),
};
