import type { http, Message } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Handler } from '@checkout/messaging';
import type { Phase } from '@checkout/saga';
import type { Change, Checkout } from '../domain/checkout.ts';

export interface Need {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
}

/** The checkouts of one batch, as the decisions before left them. */
export interface Checkouts {
  find(tenantId: TenantId, saleId: SaleId): Checkout | undefined;
}

export type CheckoutHandler<M extends Message, Answer = void> = Handler<M, Need, Checkouts, Change, never, Answer>;

/** A timer that is due, of whichever tenant. */
export interface DueTimer extends Need {
  readonly storeId: StoreId;
  readonly traceparent?: string;
}

export interface DueTimers {
  /** Those longest due first. */
  due(now: number, limit: number): Promise<readonly DueTimer[]>;
}

/** How one sale went so far. */
export interface Story {
  readonly storeId: StoreId;
  readonly phase: Phase;
  readonly entries: readonly http.TimelineEntry[];
}

export interface Timelines {
  /** Entries with a sequence above `after`; nothing at all when the tenant has no such sale. */
  read(tenantId: TenantId, saleId: SaleId, after: number): Promise<Story | undefined>;
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

export interface Attention {
  /** The oldest first, at most 200; of one store when it is named. */
  stuck(tenantId: TenantId, storeId?: StoreId): Promise<readonly Stuck[]>;
}
