import { groupBy, type Invariant } from './violation.ts';

export const eventsAreToldOnce: Invariant = {
  id: 'I8',
  name: 'every event once per logical id',
  check({ events, orchestrator, receipt }) {
    const phases = new Map(orchestrator.sagas.map(({ sale_id, phase }) => [sale_id, phase]));
    const told = groupBy(events.filter(({ type }) => /^sale\.(completed|cancelled)\./.test(type)), ({ saleId }) => saleId);
    const missing = [...phases].filter(([, phase]) => phase === 'completed' || phase === 'cancelled').flatMap(([saleId, phase]) => {
      const own = told.get(saleId) ?? [];
      if (own.length === 0) return [{ what: `sale ${saleId} is ${phase}, and the outside was never told`, saleId }];
      const ids = new Set(own.map(({ messageId }) => messageId));
      const wrong = own.find(({ type }) => !type.startsWith(`sale.${phase}.`));
      return [
        ...(ids.size > 1 ? [{ what: `sale ${saleId} was told ${ids.size} times under different ids`, saleId }] : []),
        ...(wrong ? [{ what: `sale ${saleId} is ${phase}, and the outside was told ${wrong.type}`, saleId }] : []),
      ];
    });
    const ghosts = [...told.keys()].filter((saleId) => !phases.has(saleId)).map((saleId) => ({ what: `the outside was told of sale ${saleId}, which does not exist`, saleId }));
    const refunded = groupBy(events.filter(({ type }) => type.startsWith('sale.refunded.')), ({ text }) => (JSON.parse(text) as { readonly refundId?: string }).refundId ?? '');
    const noted = new Map(receipt.refunds.filter(({ credit_number }) => credit_number !== null).map(({ refund_id, sale_id }) => [refund_id, sale_id]));
    const ofRefunds = [...new Set([...refunded.keys(), ...noted.keys()])].flatMap((refundId) => {
      const ids = new Set((refunded.get(refundId) ?? []).map(({ messageId }) => messageId));
      if (ids.size === 1 && noted.has(refundId)) return [];
      return [{ what: noted.has(refundId) ? `refund ${refundId} was told ${ids.size} times under different ids` : `the outside was told of refund ${refundId}, which has no credit note`, saleId: noted.get(refundId) ?? '' }];
    });
    return [...missing, ...ghosts, ...ofRefunds];
  },
};

export const theQueuesAreEmpty: Invariant = {
  id: 'I10',
  name: 'total queue',
  check({ bus, deadLetters, inbox, inventory, payment, receipt, orchestrator }) {
    const left = Object.entries(bus).filter(([path, { active, scheduled, deferred, locked }]) => path.toLowerCase().includes('/subscriptions/') && active + scheduled + deferred + locked > 0);
    const unjudged = deadLetters.filter(({ verdict }) => verdict === 'none');
    const marks = (service: string, atLeast: number, why: string) =>
      (inbox[service] ?? 0) >= atLeast ? [] : [{ what: `${service} has ${inbox[service] ?? 0} marks of messages that it handled, and ${why} need at least ${atLeast}` }];
    return [
      ...left.map(([path, counts]) => ({ what: `${path} still has messages: ${JSON.stringify(counts)}` })),
      ...unjudged.map(({ entity, messageId, reason }) => ({ what: `dead letter ${messageId} of ${entity} (${reason}) has no verdict` })),
      // What was consumed is marked in the transaction that consumed it.
      ...marks('inventory', inventory.reservations.length, 'its reservations'),
      ...marks('payment', payment.payments.length, 'its payments'),
      ...marks('receipt', receipt.receipts.length, 'its receipts'),
      ...marks('orchestrator', orchestrator.sagas.length, 'its sagas'),
    ];
  },
};

export const outagesSpendNoDeliveries: Invariant = {
  id: 'I18',
  name: 'delivery budget',
  check: ({ deadLetters }) => deadLetters.filter(({ isPlanted }) => !isPlanted).map(({ entity, messageId, reason, description, deliveryCount }) => ({
    what: `message ${messageId} of ${entity} was dead-lettered after ${deliveryCount} deliveries (${reason}: ${description.slice(0, 200)}), and nobody had sent anything wrong`,
  })),
};
