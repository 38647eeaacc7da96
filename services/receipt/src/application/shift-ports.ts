import type { Message } from '@checkout/contracts';
import type { CommandId, ShiftId, StoreId, TenantId, TillId } from '@checkout/kernel';
import type { About, Handler } from '@checkout/messaging';
import type { ReceiptDocument } from '../domain/receipt.ts';
import type { GivenBack } from '../domain/shift-figures.ts';
import type { Shift } from '../domain/shift.ts';

/** A shift, and the counters of its store and its till. */
export interface ShiftNeed {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  readonly shiftId: ShiftId;
}

/** What a batch sees. Counters of stores have an empty till. */
export interface ShiftRows {
  readonly shifts: Map<string, Shift>;
  readonly lastNumbers: Map<string, number>;
}
export const shiftKey = (tenantId: TenantId, shiftId: ShiftId): string => `${tenantId}/${shiftId}`;
export const counterKey = (tenantId: TenantId, storeId: StoreId, tillId: TillId | ''): string => `${tenantId}/${storeId}/${tillId}`;

export type ShiftChange =
  | { readonly kind: 'shift-saved'; readonly shift: Shift }
  | { readonly kind: 'counted'; readonly tenantId: TenantId; readonly storeId: StoreId; readonly tillId: TillId | ''; readonly expected: number; readonly next: number };

/** Told once it is durable. */
export interface ShiftEvent {
  readonly event: 'opened' | 'cash-moved' | 'closed';
  readonly shift: Shift;
}

export type ShiftHandler<M extends Message, Answer = void> = Handler<M, ShiftNeed, ShiftRows, ShiftChange, ShiftEvent, Answer>;

export interface ShiftInputs {
  submit<M extends Message, Answer>(handler: ShiftHandler<M, Answer>, message: M, about: About): Promise<Answer>;
}

export interface ShiftReader {
  find(tenantId: TenantId, shiftId: ShiftId): Promise<Shift | undefined>;
  /** The sales of a shift that have a receipt. */
  sales(tenantId: TenantId, shiftId: ShiftId): Promise<readonly ReceiptDocument[]>;
  /** What was given back in a shift, as far as it is done. */
  refunds(tenantId: TenantId, shiftId: ShiftId): Promise<readonly GivenBack[]>;
  /** Those of the named commands whose sale has a receipt. */
  arrived(tenantId: TenantId, commandIds: readonly CommandId[]): Promise<readonly CommandId[]>;
  /** The newest of a store, or of all. */
  newest(tenantId: TenantId, storeId: StoreId | undefined): Promise<readonly Shift[]>;
}
