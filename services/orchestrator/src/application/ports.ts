import type { http, Message } from '@checkout/contracts';
import type { RefundId, SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Handler } from '@checkout/messaging';
import type { Phase } from '@checkout/saga';
import type { Change, Checkout } from '../domain/checkout.ts';
import type { Progress } from '../domain/progress.ts';
import type { RefundChange, RefundRun } from '../domain/refund.ts';

export interface Need {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
}

/** The checkouts of one batch, as the decisions before left them. */
export interface Checkouts {
  find(tenantId: TenantId, saleId: SaleId): Checkout | undefined;
}

export type CheckoutHandler<M extends Message, Answer = void> = Handler<M, Need, Checkouts, Change, never, Answer>;

export interface RefundNeed {
  readonly tenantId: TenantId;
  readonly refundId: RefundId;
}

/** The refunds of one batch, as the decisions before left them. */
export interface Refunds {
  findRefund(tenantId: TenantId, refundId: RefundId): RefundRun | undefined;
}

export type RefundHandler<M extends Message, Answer = void> = Handler<M, RefundNeed, Refunds, RefundChange, never, Answer>;

/** A timer that is due, of whichever tenant. */
export interface DueTimer extends Need {
  readonly storeId: StoreId;
  readonly traceparent?: string;
}

export interface DueTimers<Timer = DueTimer> {
  /** Those longest due first. */
  due(now: number, limit: number): Promise<readonly Timer[]>;
}

export interface DueRefundTimer extends DueTimer, RefundNeed {}

export interface KeptHearings {
  read(): Promise<readonly Progress[]>;
  write(known: readonly Progress[]): Promise<void>;
}

/** How one sale, or one refund, went so far. */
export interface Story {
  readonly storeId: StoreId;
  readonly phase: Phase;
  readonly entries: readonly http.TimelineEntry[];
}

export interface Timelines<Id = SaleId> {
  /** Entries with a sequence above `after`; nothing at all when the tenant has no such sale or refund. */
  read(tenantId: TenantId, id: Id, after: number): Promise<Story | undefined>;
}

/** A checkout that somebody should look at. */
export interface Stuck {
  readonly saleId: SaleId;
  readonly storeId: StoreId;
  readonly phase: Phase;
  readonly why: string;
  readonly attempts: number;
  readonly startedAt: string;
  readonly lastAskedAt: string;
}

/** How a sale stands, in one row. */
export interface Sales {
  find(tenantId: TenantId, saleId: SaleId): Promise<http.SaleView | undefined>;
}

export interface Attention<Of = Stuck> {
  /** The oldest first, at most 200; of one store when it is named. */
  stuck(tenantId: TenantId, storeId?: StoreId): Promise<readonly Of[]>;
}

export interface StuckRefund extends Stuck {
  readonly refundId: RefundId;
}

export interface RefundBook {
  find(tenantId: TenantId, refundId: RefundId): Promise<http.RefundView | undefined>;
}
