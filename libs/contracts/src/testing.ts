import { refundIdOf, saleIdOf, saleTotals, uuidv7, type CommandId, type Sku, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import { checkout, refund, type BodyOf } from './index.ts';

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

/** A request for one of two packs of tea to be given back to the card, with any field overridden. */
export function aRefund(overrides: Partial<BodyOf<typeof refund.RefundRequested>> = {}): refund.RefundRequested {
  const tenantId = overrides.tenantId ?? ('acme' as TenantId);
  const commandId = overrides.commandId ?? (uuidv7() as CommandId);
  const lines = overrides.lines ?? [{ line: 1, sku: 'TEA-80' as Sku, description: 'Tea, 80 bags', quantity: 1, goods: 'restock' as const, taxRateBp: 2000, netMinor: 249, taxMinor: 50, grossMinor: 299 }];
  const totalMinor = lines.reduce((sum, { grossMinor }) => sum + grossMinor, 0);
  return refund.RefundRequested({
    tenantId,
    storeId: 'LEEDS-01' as StoreId,
    tillId: 'LEEDS-01-T1' as TillId,
    saleId: saleIdOf(tenantId, uuidv7() as CommandId),
    refundId: refundIdOf(tenantId, commandId),
    commandId,
    currency: 'GBP',
    totalMinor,
    lines,
    parts: [{ position: 1, via: 'card', amountMinor: totalMinor }],
    requestedAt: '2026-01-06T10:00:00.000Z',
    requestHash: commandId.replaceAll('-', '').padEnd(43, '0'),
    ...overrides,
  });
}
