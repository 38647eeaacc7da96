import type { BodyOf, refund } from '@checkout/contracts';
import type { RefundId, SaleId, StoreId, TenantId } from '@checkout/kernel';

/** What a refund knows: the message that started it. It never changes. */
export type RefundStart = BodyOf<typeof refund.RefundRequested>;

/** The names that every message of one refund carries. */
export const ofRefund = ({ tenantId, storeId, saleId, refundId }: OfRefund): OfRefund => ({ tenantId, storeId, saleId, refundId });

export interface OfRefund {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly refundId: RefundId;
}
