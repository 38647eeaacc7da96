import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Pieces } from './pieces.ts';
import type { Shortage } from './shortages.ts';

/** Whose goods, and where. */
export interface OfSale {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
}

/**
 * What has been done about the goods of one sale. There is at most one for each sale, and it is kept for ever: a command that comes
 * again, however late, finds it and gets the answer of the first time.
 *
 * - `held`: set aside; from `expiresAt` on it is asked about. Leaves to `committed` or `released`, and never by itself.
 * - `committed`: the goods have left the shop. Final.
 * - `expired`: put back by an older version because nobody came for it. Asked again, it may be held again; paid after all, it is committed.
 * - `refused`: there was not enough.
 * - `released`: called off, perhaps before it was ever asked for. Bars a reservation that comes late.
 */
export type Reservation = OfSale & {
  /** Counts the changes of the row, and guards it against a second writer. The first state has version 1. */
  readonly version: number;
} & (
    | { readonly state: 'held' | 'committed' | 'expired'; readonly pieces: readonly Pieces[]; readonly expiresAt: string }
    | { readonly state: 'refused'; readonly shortages: readonly Shortage[] }
    | { readonly state: 'released' }
  );

export type Held = Extract<Reservation, { readonly expiresAt: string }>;

const identityOf = ({ tenantId, storeId, saleId }: OfSale): OfSale => ({ tenantId, storeId, saleId });
const after = (earlier: Reservation | undefined): number => (earlier?.version ?? 0) + 1;

export const held = (sale: OfSale, earlier: Reservation | undefined, pieces: readonly Pieces[], expiresAtMs: number): Held => ({
  ...identityOf(sale),
  version: after(earlier),
  state: 'held',
  pieces,
  expiresAt: new Date(expiresAtMs).toISOString(),
});

export const refused = (sale: OfSale, earlier: Reservation | undefined, shortages: readonly Shortage[]): Reservation => ({
  ...identityOf(sale),
  version: after(earlier),
  state: 'refused',
  shortages,
});

export const released = (sale: OfSale, earlier: Reservation | undefined): Reservation => ({ ...identityOf(sale), version: after(earlier), state: 'released' });

/** Nobody has said yet what becomes of it: it stays set aside, and will be asked about again. */
export const heldLonger = (earlier: Held, untilMs: number): Held => ({ ...earlier, version: after(earlier), expiresAt: new Date(untilMs).toISOString() });

export const committed = (earlier: Held): Held => ({ ...earlier, version: after(earlier), state: 'committed' });

/** A sale that was paid although nothing was set aside for it any more. */
export const committedUnheld = (sale: OfSale, earlier: Reservation | undefined, pieces: readonly Pieces[], now: number): Held => ({
  ...identityOf(sale),
  version: after(earlier),
  state: 'committed',
  pieces,
  expiresAt: new Date(now).toISOString(),
});
