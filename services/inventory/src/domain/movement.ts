import type { Sku, StoreId, TenantId } from '@checkout/kernel';
import type { Pieces } from './pieces.ts';

/** What changes at the level of one article: pieces that come (+) or go (−), and pieces set aside (+) or set free (−). */
export interface Move {
  readonly sku: Sku;
  readonly onHand: number;
  readonly reserved: number;
}

/**
 * Why pieces came or went. With store and SKU it is the permanent key of a ledger entry: no delivery, no sale and no return counts twice.
 * Returned goods that cannot be sold again come in as a return and leave as a write-off.
 */
export interface LedgerReference {
  readonly kind: 'delivery' | 'sale' | 'return' | 'write-off';
  /** The delivery's, the sale's or the refund's id. */
  readonly reference: string;
  readonly at: string;
}

/** Goods that move together in one store. Has an entry in the ledger when pieces come or go, and none when they are only set aside. */
export interface Movement {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly moves: readonly Move[];
  readonly entry?: LedgerReference;
}

export const setAside = (pieces: readonly Pieces[]): readonly Move[] => pieces.map(({ sku, quantity }) => ({ sku, onHand: 0, reserved: quantity }));
export const setFree = (pieces: readonly Pieces[]): readonly Move[] => pieces.map(({ sku, quantity }) => ({ sku, onHand: 0, reserved: -quantity }));
/** What was set aside leaves the shop. */
export const takeHeld = (pieces: readonly Pieces[]): readonly Move[] => pieces.map(({ sku, quantity }) => ({ sku, onHand: -quantity, reserved: -quantity }));
/** What was not set aside leaves the shop all the same. */
export const takeUnheld = (pieces: readonly Pieces[]): readonly Move[] => pieces.map(({ sku, quantity }) => ({ sku, onHand: -quantity, reserved: 0 }));
export const bring = (pieces: readonly Pieces[]): readonly Move[] => pieces.map(({ sku, quantity }) => ({ sku, onHand: quantity, reserved: 0 }));

/** Setting aside is a promise that the goods are there; it alone may fail when another writer was faster. */
export const isPromise = ({ reserved }: Move): boolean => reserved > 0;
