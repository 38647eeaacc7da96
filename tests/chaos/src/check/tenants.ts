import { saleIdOf, type CommandId, type TenantId } from '@checkout/kernel';
import { canaryOf, tenantIds } from '../world/shops.ts';
import { leakedCards } from '../world/log-book.ts';
import type { Snapshot } from './snapshot.ts';
import type { Invariant } from './violation.ts';

/** Every row that names a sale, with its tenant. */
const rowsOfSales = ({ cart, orchestrator, inventory, payment, receipt }: Snapshot): readonly { readonly table: string; readonly tenant_id: string; readonly sale_id: string }[] => [
  ...cart.checkouts.map(({ tenant_id, sale_id }) => ({ table: 'checkout', tenant_id, sale_id })),
  ...orchestrator.sagas.map(({ tenant_id, sale_id }) => ({ table: 'checkout_saga', tenant_id, sale_id })),
  ...orchestrator.timeline.map(({ tenant_id, sale_id }) => ({ table: 'timeline', tenant_id, sale_id })),
  ...inventory.reservations.map(({ tenant_id, sale_id }) => ({ table: 'reservation', tenant_id, sale_id })),
  ...inventory.ledger.filter(({ kind }) => kind === 'sale').map(({ tenant_id, reference }) => ({ table: 'stock_ledger', tenant_id, sale_id: reference })),
  ...payment.payments.map(({ tenant_id, sale_id }) => ({ table: 'payment', tenant_id, sale_id })),
  ...payment.tenders.map(({ tenant_id, sale_id }) => ({ table: 'tender', tenant_id, sale_id })),
  ...receipt.receipts.map(({ tenant_id, sale_id }) => ({ table: 'receipt', tenant_id, sale_id })),
];

export const tenantsAreApart: Invariant = {
  id: 'I12',
  name: 'no cross-tenant row',
  check(snapshot) {
    const { commands, events, foreignReads } = snapshot;
    const owners = new Map(commands.map(({ tenantId, commandId }) => [saleIdOf(tenantId as TenantId, commandId as CommandId) as string, tenantId]));
    const rows = rowsOfSales(snapshot).filter(({ sale_id, tenant_id }) => owners.has(sale_id) && owners.get(sale_id) !== tenant_id);
    const strangers = events.filter(({ tenantId, text }) => tenantIds.some((other) => other !== tenantId && text.includes(canaryOf(other))));
    return [
      ...rows.map(({ table, tenant_id, sale_id }) => ({ what: `${table} has sale ${sale_id} of ${owners.get(sale_id)} under ${tenant_id}`, saleId: sale_id })),
      ...strangers.map(({ messageId, tenantId }) => ({ what: `event ${messageId} of ${tenantId} holds another tenant's words` })),
      ...foreignReads.filter(({ status, text, ofTenantId }) => status < 400 || text.includes(ofTenantId)).map(({ tenantId, ofTenantId, what, status }) => ({
        what: `a till of ${tenantId} asked for ${what} of ${ofTenantId} and was answered ${status}`,
      })),
    ];
  },
};

export const nothingSecretIsKept: Invariant = {
  id: 'I15',
  name: 'no card number, no token',
  partly: 'the card numbers that the tills leak, and card tokens; other secrets are the redaction tests\' business',
  check({ leaks, payment, orchestrator, deadLetters, events, receipt }) {
    const texts: readonly (readonly [string, string])[] = [
      ...deadLetters.filter(({ isPlanted }) => !isPlanted).map(({ messageId, text }) => [`dead letter ${messageId}`, text] as const),
      ...events.map(({ messageId, text }) => [`event ${messageId}`, text] as const),
      ...receipt.receipts.map(({ sale_id, document }) => [`receipt of ${sale_id}`, document] as const),
    ];
    const over = new Set(orchestrator.sagas.filter(({ phase }) => phase === 'completed' || phase === 'cancelled').map(({ sale_id }) => sale_id));
    return [
      ...leaks.map(({ program, line }) => ({ what: `${program} printed a card number or token: ${line.slice(0, 160)}` })),
      ...texts.filter(([, text]) => leakedCards.some((card) => text.includes(card)) || text.includes('"tok_')).map(([where]) => ({ what: `${where} holds a card number or token` })),
      ...payment.tenders.filter(({ card_token, sale_id }) => card_token !== null && over.has(sale_id)).map(({ sale_id }) => ({ what: `sale ${sale_id} has ended, and its card token is still kept`, saleId: sale_id })),
      ...payment.tenders.filter(({ card_token }) => card_token !== null && leakedCards.includes(card_token)).map(({ sale_id }) => ({ what: `sale ${sale_id} has a card number in the database`, saleId: sale_id })),
      ...orchestrator.sagas.filter(({ data, sale_id }) => data !== null && over.has(sale_id)).map(({ sale_id }) => ({ what: `sale ${sale_id} has ended, and the request with its card tokens is still kept`, saleId: sale_id })),
    ];
  },
};
