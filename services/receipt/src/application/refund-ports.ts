import type { http, Message } from '@checkout/contracts';
import type { RefundId, SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { About, Handler } from '@checkout/messaging';
import { noRefunds, type Refund, type RefundsOfSale } from '../domain/refund.ts';
import type { Receipt } from '../domain/receipt.ts';
import { Receipts } from '../domain/receipts.ts';

/** A decision about a refund looks at the receipt of its sale, at every refund of that sale, and at the counter of credit notes. */
export interface RefundNeed {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly refundId: RefundId;
}

/** A refund as a decision left it, and all of its sale with it: they are written together or not at all. */
export interface RefundChange {
  readonly refund: Refund;
  readonly isNew: boolean;
  /** The version of the sale's refunds that was decided on. */
  readonly before: number;
  /** The credit note was written by this decision. */
  readonly isNoted?: true;
}

export interface RefundEvent {
  readonly event: 'refund-accepted' | 'credit-note-issued' | 'refund-completed' | 'refund-declined';
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly refundId: RefundId;
}

/** Receipts with their refunds, as the decisions before in the batch left them. */
export class RefundBooks extends Receipts {
  readonly #bySale = new Map<string, RefundsOfSale>();
  readonly #byId = new Map<string, Refund>();

  receiptOf({ tenantId, saleId }: Pick<RefundNeed, 'tenantId' | 'saleId'>): Receipt | undefined {
    return this.of(tenantId, saleId);
  }

  refundsOf({ tenantId, saleId }: Pick<RefundNeed, 'tenantId' | 'saleId'>): RefundsOfSale {
    return this.#bySale.get(`${tenantId}/${saleId}`) ?? noRefunds;
  }

  refund({ tenantId, refundId }: Pick<RefundNeed, 'tenantId' | 'refundId'>): Refund | undefined {
    return this.#byId.get(`${tenantId}/${refundId}`);
  }

  setVersion(tenantId: TenantId, saleId: SaleId, version: number): void {
    this.#bySale.set(`${tenantId}/${saleId}`, { ...this.refundsOf({ tenantId, saleId }), version });
  }

  setRefund(refund: Refund): void {
    const { tenantId, saleId, refundId } = refund;
    const of = this.refundsOf(refund);
    this.#byId.set(`${tenantId}/${refundId}`, refund);
    this.#bySale.set(`${tenantId}/${saleId}`, { ...of, refunds: [...of.refunds.filter((each) => each.refundId !== refundId), refund] });
  }

  apply({ refund, before, isNoted }: RefundChange): void {
    this.setRefund(refund);
    this.setVersion(refund.tenantId, refund.saleId, before + 1);
    if (isNoted && refund.creditNote) this.setLastNumber(refund.tenantId, refund.storeId, refund.creditNote.series, refund.creditNote.number);
  }
}

export type RefundHandler<M extends Message, Answer = void> = Handler<M, RefundNeed, RefundBooks, RefundChange, RefundEvent, Answer>;

/** Where requests go to be decided together with whatever else is waiting. */
export interface RefundInputs {
  /** Resolves with the decision's answer once it is durable. */
  submit<M extends Message, Answer>(handler: RefundHandler<M, Answer>, message: M, about: About): Promise<Answer>;
}

export interface RefundReader {
  byCommand(tenantId: TenantId, refundId: RefundId): Promise<Refund | undefined>;
  /** A receipt with all that has come back of it. */
  ofSale(tenantId: TenantId, saleId: SaleId): Promise<{ readonly receipt: Receipt; readonly of: RefundsOfSale } | undefined>;
}

/** What the orchestrator knows of refunds and sales. */
export interface RefundSteps {
  /** Whole server-sent events, as text. Ends when the orchestrator ends it, breaks off or cannot be reached. Never throws. */
  follow(refundId: RefundId, authorization: string, gone: AbortSignal): AsyncIterable<string>;
  /** Undefined when it cannot be asked in time, or does not know it. Never throws. */
  find(refundId: RefundId, authorization: string): Promise<http.RefundView | undefined>;
  /** Whether it knows a sale, completed or not. Never throws. */
  knowsSale(saleId: SaleId, authorization: string): Promise<boolean>;
}

export const eventOf = (event: RefundEvent['event'], { tenantId, storeId, saleId, refundId }: Refund): RefundEvent => ({ event, tenantId, storeId, saleId, refundId });

