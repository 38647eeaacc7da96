import type { RefundId, SaleId, StoreId, TenantId } from '@checkout/kernel';

/** Goods of a refund that have been counted in. There is one for each refund, for ever: a command that comes again, however late, finds it. */
export interface StockReturn {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly refundId: RefundId;
  readonly returnedAt: string;
}
