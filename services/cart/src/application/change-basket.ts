import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Decision } from '@checkout/messaging';
import type { Basket, ChangedBasket } from '../domain/basket.ts';
import { isRefusal, refusal, type Refusal } from '../domain/refusal.ts';
import { keyOf, type Change, type Effect, type Rows } from './ports.ts';

/** Whose basket a request speaks of. */
export interface OfBasket {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly basketId: SaleId;
}

/**
 * Changes a basket, if the caller's store has it; another store's basket is not told from none.
 * @param changeId the envelope's id. It is the same when a commit in doubt is decided again, and then the change is there already.
 */
export function changeBasket(rows: Rows, { tenantId, storeId, basketId }: OfBasket, changeId: string, change: (basket: Basket) => ChangedBasket | Refusal): Decision<Change, Effect, Basket | Refusal> {
  const basket = rows.baskets.get(keyOf(tenantId, basketId));
  if (!basket || basket.storeId !== storeId) return { answer: unknownBasket };
  if (basket.lastChange === changeId) return { answer: basket };
  const changed = change(basket);
  if (isRefusal(changed)) return { answer: changed };
  const saved = { ...changed.basket, lastChange: changeId };
  return { changes: [{ kind: 'basket-saved', basket: saved, touched: changed.touched }], answer: saved };
}

export const unknownBasket: Refusal = refusal('basket-unknown', 'There is no such basket.');
