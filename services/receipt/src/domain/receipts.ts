import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Receipt } from './receipt.ts';

/**
 * The receipts and counters that one batch of messages looks at: what was loaded, and every receipt issued since, so that two sales of
 * one batch get two numbers.
 */
export class Receipts {
  readonly #bySale = new Map<string, Receipt>();
  readonly #lastNumbers = new Map<string, number>();

  of(tenantId: TenantId, saleId: SaleId): Receipt | undefined {
    return this.#bySale.get(`${tenantId}/${saleId}`);
  }

  /** 0 where nothing was issued yet. */
  lastNumberOf(tenantId: TenantId, storeId: StoreId, series: string): number {
    return this.#lastNumbers.get(`${tenantId}/${storeId}/${series}`) ?? 0;
  }

  /** A receipt that was issued before this batch. */
  add(receipt: Receipt): void {
    this.#bySale.set(`${receipt.tenantId}/${receipt.saleId}`, receipt);
  }

  setLastNumber(tenantId: TenantId, storeId: StoreId, series: string, last: number): void {
    this.#lastNumbers.set(`${tenantId}/${storeId}/${series}`, last);
  }

  /** A receipt that this batch issues. */
  issue(receipt: Receipt): void {
    this.add(receipt);
    this.setLastNumber(receipt.tenantId, receipt.storeId, receipt.series, receipt.number);
  }
}
