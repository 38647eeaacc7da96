import type { Message } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId, TillId } from '@checkout/kernel';
import { isWaiting, takenUp, type ParkedSale } from '../domain/parked-sale.ts';
import { refusal, type Refusal } from '../domain/refusal.ts';
import { keyOf, type CartHandler } from './ports.ts';

export type TakeUpSale = Message<'cart.take-up-sale', {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  readonly parkedId: SaleId;
  /** Made by the till for this one press: the same again gets the same answer, another has come too late. */
  readonly takeUpId: string;
}>;

/** Somebody was faster: who, and when (milliseconds since 1970). */
export interface TakenElsewhere {
  readonly kind: 'taken';
  readonly by: TillId;
  readonly at: number;
}

/** Gives a parked basket to one till, once. Of two that ask at the same time one gets it, and the other is told who has it. */
export const takeUpSale: CartHandler<TakeUpSale, ParkedSale | TakenElsewhere | Refusal> = {
  needs: ({ body: { tenantId, parkedId } }) => [{ kind: 'parked', tenantId, parkedId }],

  decide(rows, { message: { body: { tenantId, storeId, tillId, parkedId, takeUpId } }, now }) {
    const parked = rows.parked.get(keyOf(tenantId, parkedId));
    // Another store's is as good as none.
    if (!parked || parked.storeId !== storeId) return { answer: unknown };
    if (parked.taken) return { answer: parked.taken.as === takeUpId ? parked : { kind: 'taken', by: parked.taken.by, at: parked.taken.at } };
    if (!isWaiting(parked, now)) return { answer: unknown };
    const taken = takenUp(parked, tillId, takeUpId, now);
    return { changes: [{ kind: 'parked-saved', parked: taken }], answer: taken };
  },
};

const unknown: Refusal = refusal('parked-sale-unknown', 'There is no such basket, or it has waited for more than a day.');
