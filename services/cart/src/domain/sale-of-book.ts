import type { http } from '@checkout/contracts';
import type { TenantId } from '@checkout/kernel';
import { stateFor, type Checkout, type Ending } from './checkout.ts';

/** A sale as the orchestrator knows it, in cart's words. */
export function checkoutOfSale(tenantId: TenantId, sale: http.SaleView): Checkout {
  const { saleId, commandId, storeId, tillId, currency, totalMinor, requestHash, pricedFrom, acceptedVia, requestedAt, needsAttention } = sale;
  const ending = endingOf(sale);
  return {
    tenantId, commandId, saleId, storeId, tillId, currency, totalMinor, acceptedVia, version: 1,
    ...(requestHash !== undefined && { bodyHash: requestHash }),
    ...(pricedFrom && { pricedAt: Date.parse(pricedFrom.snapshotAt) }),
    acceptedAt: Date.parse(requestedAt),
    ...(ending && { ending }),
    ...(needsAttention !== undefined && { needsAttention: true }),
  };
}

/** A sale that is being undone has not ended: what was held is not given back yet. */
function endingOf({ phase, receiptNumber, changeMinor, reason, endedAt }: http.SaleView): Ending | undefined {
  if (endedAt === undefined) return undefined;
  if (phase === 'completed' && receiptNumber !== undefined && changeMinor !== undefined) return { state: 'completed', receiptNumber, changeMinor, endedAt: Date.parse(endedAt) };
  if (phase === 'cancelled' && reason) return { state: stateFor(reason), reason, endedAt: Date.parse(endedAt) };
  return undefined;
}
