import type { Message } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Basket } from '../domain/basket.ts';
import { refusal, type Refusal } from '../domain/refusal.ts';
import { keyOf, type CartHandler } from './ports.ts';

export type OpenBasket = Message<'cart.open-basket', { readonly tenantId: TenantId; readonly storeId: StoreId; readonly basketId: SaleId }>;

/** Opens an empty basket. Currency and tax mode are the store's of this moment and stay with the basket. */
export const openBasket: CartHandler<OpenBasket, Basket | Refusal> = {
  needs: ({ body: { tenantId, storeId, basketId } }) => [{ kind: 'store', tenantId, storeId }, { kind: 'basket', tenantId, basketId }],

  decide(rows, { message: { body: { tenantId, storeId, basketId } }, envelope }) {
    // The id was drawn for this request: a basket that has it was opened by this request, whose commit was in doubt.
    const opened = rows.baskets.get(keyOf(tenantId, basketId));
    if (opened) return { answer: opened };
    const store = rows.stores.get(keyOf(tenantId, storeId));
    if (!store) return { answer: refusal('store-unknown', `The store ${storeId} is not set up.`) };
    const basket: Basket = { tenantId, basketId, storeId, currency: store.currency, taxMode: store.taxMode, lines: [], lastChange: envelope.id, version: 1 };
    return { changes: [{ kind: 'basket-saved', basket, touched: [] }], answer: basket };
  },
};
