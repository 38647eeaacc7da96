import type { Message } from '@checkout/contracts';
import type { Sku } from '@checkout/kernel';
import { changeQuantity, type Basket } from '../domain/basket.ts';
import type { Refusal } from '../domain/refusal.ts';
import { changeBasket, type OfBasket } from './change-basket.ts';
import type { CartHandler } from './ports.ts';

/** A quantity of 0 removes the line. */
export type ChangeLine = Message<'cart.change-line', OfBasket & { readonly sku: Sku; readonly quantity: number }>;

/** Sets how many pieces of an article the basket holds. */
export const changeLine: CartHandler<ChangeLine, Basket | Refusal> = {
  needs: ({ body: { tenantId, basketId } }) => [{ kind: 'basket', tenantId, basketId }],

  decide: (rows, { message: { body }, envelope }) => changeBasket(rows, body, envelope.id, (basket) => changeQuantity(basket, body.sku, body.quantity)),
};
