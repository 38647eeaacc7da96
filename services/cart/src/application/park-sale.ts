import type { http, Message } from '@checkout/contracts';
import { saleTotals, type SaleId, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import { isDeepStrictEqual } from 'node:util';
import { dropped, freeNumber, isWaiting, keptForMs, waitsForMs, type ParkedSale } from '../domain/parked-sale.ts';
import { refusal, type Refusal } from '../domain/refusal.ts';
import { keyOf, type CartHandler, type Change } from './ports.ts';

export type ParkSale = Message<'cart.park-sale', {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  /** Made by the till before it first sends, so that a repeat parks nothing twice. */
  readonly parkedId: SaleId;
  readonly basket: http.ParkBody;
}>;

/** Puts a basket aside under a number that can be called out. Those that nobody came for give their numbers back here, and are forgotten after a week. */
export const parkSale: CartHandler<ParkSale, ParkedSale | Refusal> = {
  needs: ({ body: { tenantId, storeId, parkedId } }) => [
    { kind: 'parked', tenantId, parkedId }, { kind: 'parked-in-store', tenantId, storeId }, { kind: 'store', tenantId, storeId },
  ],

  decide(rows, { message: { body: { tenantId, storeId, tillId, parkedId, basket } }, now }) {
    const earlier = rows.parked.get(keyOf(tenantId, parkedId));
    if (earlier) return { answer: earlier.storeId === storeId && earlier.tillId === tillId && isSameBasket(earlier, basket) ? earlier : refusal('idempotency-key-reused', 'This id was used for another basket.') };
    const store = rows.stores.get(keyOf(tenantId, storeId));
    if (!store) return { answer: refusal('store-unknown', `The store ${storeId} is not set up.`) };

    const ofStore = [...rows.parked.values()].filter((each) => each.tenantId === tenantId && each.storeId === storeId && each.state === 'waiting');
    const number = freeNumber(ofStore.filter((each) => isWaiting(each, now)));
    if (number === undefined) return { answer: refusal('parked-sales-full', 'All numbers of the store are in use.') };
    const totalMinor = totalOf(basket, store);
    if (typeof totalMinor !== 'number') return { answer: totalMinor };

    const parked: ParkedSale = {
      tenantId, parkedId, storeId, number, tillId, currency: basket.currency, totalMinor, lines: basket.lines, state: 'waiting',
      ...(basket.name !== undefined && { name: basket.name }),
      parkedAt: now, expiresAt: now + waitsForMs, version: 1,
    };
    const changes: Change[] = [
      ...ofStore.filter((each) => !isWaiting(each, now)).map((each) => ({ kind: 'parked-saved', parked: dropped(each) } as const)),
      { kind: 'parked-saved', parked },
      { kind: 'parked-forgotten', tenantId, storeId, before: now - keptForMs },
    ];
    return { changes, answer: parked };
  },
};

const isSameBasket = ({ name, currency, lines }: ParkedSale, basket: http.ParkBody): boolean =>
  name === basket.name && currency === basket.currency && isDeepStrictEqual(lines, basket.lines);

function totalOf({ lines }: http.ParkBody, { taxMode }: http.Store): number | Refusal {
  try {
    return saleTotals(lines, taxMode).grossMinor;
  } catch (error) {
    if (error instanceof RangeError) return refusal('money-overflow', 'The basket is worth more than a sale may be.', { pointer: '/lines', detail: 'add up to too much' });
    throw error;
  }
}
