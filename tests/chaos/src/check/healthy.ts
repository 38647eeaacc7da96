import { saleIdOf, type CommandId, type TenantId } from '@checkout/kernel';
import type { Command } from '../till/history.ts';
import type { Snapshot } from './snapshot.ts';

/** A small morning on which all went well, for showing that each invariant sees when something does not: one sale completed, one declined. */
export const tenantId = 'alder';
export const storeId = 'ALDER-1';
export const commandId = '01900000-0000-7000-8000-000000000001';
export const declinedId = '01900000-0000-7000-8000-000000000002';
const idOf = (id: string): string => saleIdOf(tenantId as TenantId, id as CommandId);
export const saleId = idOf(commandId);
export const refundId = '01900000-0001-8000-8000-000000000003';
export const declinedSaleId = idOf(declinedId);

const at = new Date('2030-01-01T04:30:00Z');
const sku = 'ART-01';
const lines = [{ sku, quantity: 2 }];

const command = (id: string, index: number, cardToken: string): Command => ({
  commandId: id, tenantId, storeId, tillId: 'ALDER-1-T1',
  sale: { index, tillId: 'ALDER-1-T1', lines, tenders: [{ type: 'card', amountMinor: 260, cardToken }], route: 'http', manner: 'plain', afterMs: 0 },
  attempts: [{ at: at.getTime(), tookMs: 10, type: 'ok', status: 202, isWellFormed: true, saleId: idOf(id), totalMinor: 260, acceptedAt: at.toISOString(), state: 'accepted', isReplay: false }],
  seen: [{ at: at.getTime() + 1_000, state: index === 0 ? 'completed' : 'declined' }],
  isGivenUp: false,
});

const ofSale = { tenant_id: tenantId, sale_id: saleId };
const ofDeclined = { tenant_id: tenantId, sale_id: declinedSaleId };
const inStore = { store_id: storeId };
const saga = { ...inStore, data: null, needs_attention: null, wake_at: null, started_at: at, updated_at: at };
const checkout = { ...inStore, till_id: 'ALDER-1-T1', total_minor: '260', accepted_at: at, ended_at: at };
const event = (id: string, type: string, sequence: number, said: object = {}) => ({
  at: at.getTime(), sequence, enqueuedAt: at.getTime() + 20, messageId: `m${sequence}`, type, tenantId, saleId: idOf(id), commandId: id, text: JSON.stringify(said),
});
const none = { active: 0, scheduled: 0, deferred: 0, locked: 0, deadLetter: 0 };

export const healthy = (): Snapshot => ({
  commands: [command(commandId, 0, 'tok_visa_4242'), command(declinedId, 1, 'tok_declined')],
  stores: [{ tenantId, storeId }],
  cart: { checkouts: [{ ...ofSale, ...checkout, command_id: commandId, state: 'completed', receipt_number: 'S-000001' }, { ...ofDeclined, ...checkout, command_id: declinedId, state: 'declined', receipt_number: null }] },
  orchestrator: {
    sagas: [{ ...ofSale, ...saga, phase: 'completed' }, { ...ofDeclined, ...saga, phase: 'cancelled' }],
    timeline: [
      { ...ofSale, sequence: 1, at, event: 'started', step: null }, { ...ofSale, sequence: 2, at, event: 'completed', step: null },
      { ...ofDeclined, sequence: 1, at, event: 'started', step: null }, { ...ofDeclined, sequence: 2, at, event: 'cancelled', step: null },
    ],
    refunds: [{ ...ofSale, refund_id: refundId, phase: 'completed' }],
  },
  inventory: {
    levels: [{ tenant_id: tenantId, ...inStore, sku, on_hand: 9, reserved: 0 }],
    reservations: [{ ...ofSale, ...inStore, state: 'committed', lines: JSON.stringify(lines) }, { ...ofDeclined, ...inStore, state: 'released', lines: null }],
    ledger: [
      { tenant_id: tenantId, ...inStore, sku, kind: 'delivery', reference: 'opening', quantity: 10 },
      { tenant_id: tenantId, ...inStore, sku, kind: 'sale', reference: saleId, quantity: -2 },
      { tenant_id: tenantId, ...inStore, sku, kind: 'return', reference: refundId, quantity: 1 },
    ],
  },
  payment: {
    payments: [{ ...ofSale, ...inStore, state: 'captured', total_minor: '260', attention: null }, { ...ofDeclined, ...inStore, state: 'declined', total_minor: '260', attention: null }],
    tenders: [
      { ...ofSale, position: 1, type: 'card', amount_minor: '260', state: 'captured', card_token: null },
      { ...ofDeclined, position: 1, type: 'card', amount_minor: '260', state: 'declined', card_token: null },
    ],
    ledger: [{ ...ofSale, position: 1, kind: 'authorized', amount_minor: '260' }, { ...ofSale, position: 1, kind: 'captured', amount_minor: '260' }],
    refundParts: [{ ...ofSale, refund_id: refundId, position: 1, via: 'card', amount_minor: '130', state: 'refunded' }],
  },
  receipt: {
    counters: [{ tenant_id: tenantId, ...inStore, series: 'S', last_number: 1 }, { tenant_id: tenantId, ...inStore, series: 'C', last_number: 1 }],
    receipts: [{ ...ofSale, ...inStore, series: 'S', number: 1, command_id: commandId, document: JSON.stringify({ lines, tenders: [{ type: 'card', amountMinor: 260, tenderedMinor: 260 }] }) }],
    journal: [{ tenant_id: tenantId, ...inStore, series: 'S', number: 1, gross_minor: '260' }, { tenant_id: tenantId, ...inStore, series: 'C', number: 1, gross_minor: '130' }],
    refunds: [{
      ...ofSale, ...inStore, refund_id: refundId, state: 'completed', total_minor: '130', credit_series: 'C', credit_number: 1,
      document: JSON.stringify({ lines: [{ line: 1, sku, quantity: 1, goods: 'restock', grossMinor: 130 }], parts: [{ position: 1, via: 'card', amountMinor: 130 }] }),
    }],
  },
  inbox: { cart: 2, orchestrator: 8, inventory: 3, payment: 3, receipt: 1 },
  outbox: { cart: 0, orchestrator: 0, inventory: 0, payment: 0, receipt: 0 },
  provider: [
    { sequence: 1, movement: 'authorized', authorizationId: 'auth_1', reference: `${saleId}:1`, amountMinor: 260, currency: 'GBP' },
    { sequence: 2, movement: 'captured', authorizationId: 'auth_1', reference: `${saleId}:1`, amountMinor: 260, currency: 'GBP' },
    { sequence: 4, movement: 'refunded', authorizationId: 'auth_1', reference: `${saleId}:1`, amountMinor: 130, currency: 'GBP' },
    { sequence: 3, movement: 'declined', authorizationId: 'auth_2', reference: `${declinedSaleId}:1`, amountMinor: 260, currency: 'GBP' },
  ],
  events: [
    event(commandId, 'sale.completed.v1', 1, { receiptNumber: 'S-000001', receiptSequence: 1, completedAt: at }), event(declinedId, 'sale.cancelled.v1', 2),
    event(commandId, 'sale.refunded.v1', 3, { refundId, receiptNumber: 'S-000001', creditNoteSequence: 1, refundedAt: at }),
  ],
  breakerEvents: [],
  operations: [],
  bus: { 'sale-events/subscriptions/back-office': none },
  deadLetters: [],
  breakers: new Map([['cart/sql/work', 'closed']]),
  crashes: [],
  leaks: [],
  exits: [],
  foreignReads: [],
  quiet: { tookMs: 1_000, limitMs: 60_000 },
  isolation: { database: 'payment', healthyP99Ms: 50, faultyP99Ms: 55, samples: 500 },
});
