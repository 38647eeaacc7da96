import type { Message } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Handler } from '@checkout/messaging';
import type { Receipt } from '../domain/receipt.ts';
import type { Receipts } from '../domain/receipts.ts';

/** A decision looks at the sale's own receipt and at the counter of its store. */
export interface Need {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
}

/** The only thing that changes: a receipt is issued. */
export type Change = Receipt;

/** What the shop would like to know about, told once it is durable. */
export interface ReceiptEvent {
  readonly event: 'issued' | 'asked-again';
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly receiptNumber: string;
}

export type ReceiptHandler<M extends Message> = Handler<M, Need, Receipts, Change, ReceiptEvent>;

/** Takings of one day (UTC) in one currency. */
export interface DayTotals {
  /** Whole days since 1970-01-01. */
  readonly day: number;
  readonly currency: string;
  readonly sales: number;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
  /** What was given back that day; not taken off the sums above. */
  readonly refunds: number;
  readonly refundedNetMinor: number;
  readonly refundedTaxMinor: number;
  readonly refundedGrossMinor: number;
}

/** One series of a store, counted in every table that speaks of it. */
export interface SeriesCount {
  readonly series: string;
  readonly lastNumber: number;
  readonly receipts: number;
  readonly numbers: number;
  readonly sales: number;
  readonly lowest: number;
  readonly highest: number;
  readonly journalled: number;
}

/** What tills, the back office and operators read. */
export interface ReceiptReader {
  bySale(tenantId: TenantId, saleId: SaleId): Promise<Receipt | undefined>;
  byNumber(tenantId: TenantId, storeId: StoreId, series: string, number: number): Promise<Receipt | undefined>;
  totals(tenantId: TenantId, storeId: StoreId, from: Date, until: Date): Promise<readonly DayTotals[]>;
  series(tenantId: TenantId, storeId: StoreId): Promise<readonly SeriesCount[]>;
}
