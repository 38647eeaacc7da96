import type { Sku, StoreId, TenantId } from '@checkout/kernel';
import { isPromise, type Movement } from '../domain/movement.ts';

/** What a whole batch does to one level. */
export interface LevelChange {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly sku: Sku;
  onHand: number;
  reserved: number;
  /**
   * What must have been available before the batch for its promises to be kept. Unset when the batch promises nothing: what only comes,
   * goes or is set free may meet any level.
   */
  atLeast?: number;
  /** Goods come to, or leave, a store that may never have had them. */
  mayBeNew: boolean;
}

/** One entry for each level, so that a batch writes each row once however many of its sales share it. */
export function levelChangesOf(movements: readonly Movement[]): LevelChange[] {
  const changes = new Map<string, LevelChange>();
  for (const { tenantId, storeId, moves } of movements) {
    for (const move of moves) {
      const key = `${tenantId}/${storeId}/${move.sku}`;
      let change = changes.get(key);
      if (!change) {
        change = { tenantId, storeId, sku: move.sku, onHand: 0, reserved: 0, mayBeNew: false };
        changes.set(key, change);
      }
      change.onHand += move.onHand;
      change.reserved += move.reserved;
      // Looked at promise by promise: a sale that takes the level below zero later in the batch breaks none made before it.
      if (isPromise(move)) change.atLeast = Math.max(change.atLeast ?? -Infinity, change.reserved - change.onHand);
      if (move.onHand !== 0 && move.reserved === 0) change.mayBeNew = true;
    }
  }
  return [...changes.values()];
}
