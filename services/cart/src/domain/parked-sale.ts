import type { http, SaleLine } from '@checkout/contracts';
import { hours, type SaleId, type StoreId, type TenantId, type TillId } from '@checkout/kernel';

/**
 * A basket that was put aside for any till of its store. It waits, is taken up once, and is dropped when nobody comes.
 *
 * - `waiting`: may be taken up until it expires.
 * - `taken`: one till has it. Final.
 * - `dropped`: nobody came. Its number is free again. Final.
 */
export interface ParkedSale {
  readonly tenantId: TenantId;
  readonly parkedId: SaleId;
  readonly storeId: StoreId;
  readonly number: number;
  readonly name?: string;
  readonly tillId: TillId;
  readonly currency: string;
  readonly totalMinor: number;
  readonly lines: readonly SaleLine[];
  readonly state: 'waiting' | 'taken' | 'dropped';
  /** Milliseconds since 1970, as all times here. */
  readonly parkedAt: number;
  readonly expiresAt: number;
  /** Who has it, and under which request, so that one whose answer was lost is answered again. */
  readonly taken?: { readonly by: TillId; readonly as: string; readonly at: number };
  readonly version: number;
}

/** Longer than a shop is open. */
export const waitsForMs = hours(24);
/** For how long it can be looked up what became of a parked basket. */
export const keptForMs = hours(24 * 7);
/** Two digits can be called out. */
export const mostParked = 99;

export const isWaiting = ({ state, expiresAt }: ParkedSale, now: number): boolean => state === 'waiting' && now < expiresAt;

/** The smallest number that nobody waits under; nothing when all are in use. */
export function freeNumber(waiting: readonly ParkedSale[]): number | undefined {
  const used = new Set(waiting.map(({ number }) => number));
  for (let number = 1; number <= mostParked; number += 1) if (!used.has(number)) return number;
  return undefined;
}

export const dropped = (parked: ParkedSale): ParkedSale => ({ ...parked, state: 'dropped', version: parked.version + 1 });

export const takenUp = (parked: ParkedSale, by: TillId, as: string, at: number): ParkedSale => ({ ...parked, state: 'taken', taken: { by, as, at }, version: parked.version + 1 });

export const parkedView = ({ parkedId, number, name, tillId, currency, totalMinor, lines, parkedAt, expiresAt, taken }: ParkedSale): http.ParkedSale => ({
  parkedId, number, tillId, currency, totalMinor, lines: [...lines],
  ...(name !== undefined && { name }),
  parkedAt: new Date(parkedAt).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
  ...(taken && { takenBy: taken.by, takenAt: new Date(taken.at).toISOString() }),
});
