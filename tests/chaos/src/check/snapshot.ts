import type { SeenBreaker, SeenEvent, SeenOperation } from '../world/event-log.ts';
import type { LogLine } from '../world/log-book.ts';
import type { UnmeantExit } from '../world/world.ts';
import type { Command } from '../till/history.ts';
import type { StorePlace } from '../world/shops.ts';

/** Everything that can be known of a run once it is quiet: what the tills saw, what the databases hold, what the outside got. */
export interface Snapshot {
  readonly commands: readonly Command[];
  readonly stores: readonly StorePlace[];
  readonly cart: { readonly checkouts: readonly CheckoutRow[] };
  readonly orchestrator: { readonly sagas: readonly SagaRow[]; readonly timeline: readonly TimelineRow[]; readonly refunds: readonly RefundSagaRow[] };
  readonly inventory: { readonly levels: readonly LevelRow[]; readonly reservations: readonly ReservationRow[]; readonly ledger: readonly StockEntryRow[] };
  readonly payment: { readonly payments: readonly PaymentRow[]; readonly tenders: readonly TenderRow[]; readonly ledger: readonly PaymentEntryRow[]; readonly refundParts: readonly RefundPartRow[] };
  readonly receipt: { readonly counters: readonly CounterRow[]; readonly receipts: readonly ReceiptRow[]; readonly journal: readonly JournalRow[]; readonly refunds: readonly RefundRow[] };
  /** Marks in each service's inbox, and rows left in its outbox. */
  readonly inbox: Readonly<Record<string, number>>;
  readonly outbox: Readonly<Record<string, number>>;
  /** What the payment provider did: the other side of our books. */
  readonly provider: readonly ProviderEntry[];
  readonly events: readonly SeenEvent[];
  readonly breakerEvents: readonly SeenBreaker[];
  readonly operations: readonly SeenOperation[];
  readonly bus: Readonly<Record<string, EntityCounts>>;
  readonly deadLetters: readonly DeadLetter[];
  readonly breakers: ReadonlyMap<string, string>;
  readonly crashes: readonly LogLine[];
  readonly leaks: readonly LogLine[];
  readonly exits: readonly UnmeantExit[];
  /** What tills read of other tenants' sales: each must have been refused. */
  readonly foreignReads: readonly ForeignRead[];
  readonly quiet: { readonly tookMs: number; readonly limitMs: number };
  readonly isolation?: Isolation;
}

export interface CheckoutRow {
  readonly tenant_id: string; readonly command_id: string; readonly sale_id: string; readonly store_id: string; readonly till_id: string | null;
  readonly total_minor: string; readonly state: string; readonly receipt_number: string | null; readonly accepted_at: Date; readonly ended_at: Date | null;
}
export interface SagaRow {
  readonly tenant_id: string; readonly sale_id: string; readonly store_id: string; readonly data: string | null; readonly phase: string;
  readonly needs_attention: string | null; readonly wake_at: Date | null; readonly started_at: Date; readonly updated_at: Date;
}
export interface RefundSagaRow { readonly tenant_id: string; readonly refund_id: string; readonly sale_id: string; readonly phase: string }
export interface TimelineRow { readonly tenant_id: string; readonly sale_id: string; readonly sequence: number; readonly at: Date; readonly event: string; readonly step: string | null }
export interface LevelRow { readonly tenant_id: string; readonly store_id: string; readonly sku: string; readonly on_hand: number; readonly reserved: number }
export interface ReservationRow { readonly tenant_id: string; readonly sale_id: string; readonly store_id: string; readonly state: string; readonly lines: string | null }
export interface StockEntryRow { readonly tenant_id: string; readonly store_id: string; readonly sku: string; readonly kind: string; readonly reference: string; readonly quantity: number }
export interface PaymentRow { readonly tenant_id: string; readonly sale_id: string; readonly store_id: string; readonly state: string; readonly total_minor: string; readonly attention: string | null }
export interface TenderRow { readonly tenant_id: string; readonly sale_id: string; readonly position: number; readonly type: string; readonly amount_minor: string; readonly state: string; readonly card_token: string | null }
export interface PaymentEntryRow { readonly tenant_id: string; readonly sale_id: string; readonly position: number; readonly kind: string; readonly amount_minor: string }
export interface RefundPartRow { readonly tenant_id: string; readonly sale_id: string; readonly refund_id: string; readonly position: number; readonly via: string; readonly amount_minor: string; readonly state: string }
export interface CounterRow { readonly tenant_id: string; readonly store_id: string; readonly series: string; readonly last_number: number }
export interface ReceiptRow {
  readonly tenant_id: string; readonly sale_id: string; readonly store_id: string; readonly series: string; readonly number: number; readonly command_id: string; readonly document: string;
}
export interface RefundRow {
  readonly tenant_id: string; readonly refund_id: string; readonly sale_id: string; readonly store_id: string; readonly state: string; readonly total_minor: string;
  readonly credit_series: string | null; readonly credit_number: number | null; readonly document: string;
}
export interface JournalRow { readonly tenant_id: string; readonly store_id: string; readonly series: string; readonly number: number; readonly gross_minor: string }

export interface ProviderEntry {
  readonly sequence: number; readonly movement: string; readonly authorizationId: string; readonly reference: string; readonly amountMinor: number; readonly currency: string;
}
export interface EntityCounts { readonly active: number; readonly scheduled: number; readonly deferred: number; readonly locked: number; readonly deadLetter: number }

/** One dead letter, as the SRE-bot found it, and what it did with it. */
export interface DeadLetter {
  readonly entity: string;
  readonly messageId: string;
  readonly reason: string;
  readonly description: string;
  readonly deliveryCount: number;
  readonly text: string;
  readonly verdict: 'replayed twice' | 'replayed' | 'discarded' | 'none';
  /** Sent by the harness in order to be refused. */
  readonly isPlanted: boolean;
}

export interface ForeignRead { readonly tenantId: string; readonly ofTenantId: string; readonly what: string; readonly status: number; readonly text: string }

/** How long accepting took while one database was black-holed that accepting does not need, and while all was well. */
export interface Isolation { readonly database: string; readonly healthyP99Ms: number; readonly faultyP99Ms: number; readonly samples: number }
