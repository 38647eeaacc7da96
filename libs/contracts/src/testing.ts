import { saleIdOf, saleTotals, uuidv7, type CommandId, type Sku, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import { checkout, type BodyOf } from './index.ts';

/** Valid messages for tests, with any field overridden. */
export function aCheckout(overrides: Partial<BodyOf<typeof checkout.CheckoutRequested>> = {}): checkout.CheckoutRequested {
  const tenantId = overrides.tenantId ?? ('acme' as TenantId);
  const commandId = overrides.commandId ?? (uuidv7() as CommandId);
  const lines = overrides.lines ?? [{ sku: 'TEA-80' as Sku, description: 'Tea, 80 bags', quantity: 2, unitPriceMinor: 299, taxRateBp: 2000 }];
  const taxMode = overrides.taxMode ?? 'inclusive';
  const totalMinor = saleTotals(lines, taxMode).grossMinor;
  return checkout.CheckoutRequested({
    tenantId,
    storeId: 'LEEDS-01' as StoreId,
    tillId: 'LEEDS-01-T1' as TillId,
    saleId: saleIdOf(tenantId, commandId),
    commandId,
    currency: 'GBP',
    taxMode,
    lines,
    totalMinor,
    tenders: [{ type: 'card', amountMinor: totalMinor, cardToken: 'tok_approved' }],
    requestedAt: '2026-01-05T10:00:00.000Z',
    ...overrides,
  });
}
