import { partitionCount } from '@checkout/kernel';

/**
 * Topics, subscriptions, filters, sessions, time to live and delivery limits: declared here once. The local stand-in's entities, the
 * emulator's configuration, the Bicep parameters and the documentation are generated from it (`npm run generate`).
 */
export interface Topic {
  readonly name: string;
  /** What it carries, for the documentation. */
  readonly carries: string;
  /** The services that send to it: what each may send to on Azure comes from here. */
  readonly senders: readonly string[];
  readonly subscriptions: readonly Subscription[];
}

export interface Subscription {
  readonly name: string;
  /** The service of ours that receives from it; none for a system outside, which is given its right where it is known. */
  readonly owner?: string;
  /** Sessions are partitions: one consumer at a time for all stores of a partition, in order. */
  readonly requiresSession: boolean;
  /** ISO 8601 durations, as Service Bus states them. */
  readonly lockDuration: string;
  readonly defaultMessageTimeToLive: string;
  /** High, because only a crash spends deliveries: poison is dead-lettered by the first consumer that reads it. */
  readonly maxDeliveryCount: number;
}

/** Service Bus keeps a message at most this long before it is dead-lettered: two weeks of outage, as long as a tenant's data is restorable. */
const timeToLive = 'P14D';
const lockDuration = 'PT1M';

const limits = { lockDuration, defaultMessageTimeToLive: timeToLive, maxDeliveryCount: 20 };
/** A service's own. */
const partitioned = (name: string): Subscription => ({ name, owner: name, requiresSession: true, ...limits });
const shared = (name: string): Subscription => ({ name, requiresSession: false, ...limits });

/** Those with a database of their own; each reports on itself to `operations`. */
const services = ['cart', 'orchestrator', 'inventory', 'payment', 'receipt'];

export const topology: readonly Topic[] = [
  { name: 'checkout-requests', carries: '`CheckoutRequested`, from cart or from a till directly; `RefundRequested`, from receipt', senders: ['cart', 'receipt'], subscriptions: [partitioned('orchestrator')] },
  { name: 'inventory-commands', carries: 'commands to inventory', senders: ['orchestrator'], subscriptions: [partitioned('inventory')] },
  { name: 'payment-commands', carries: 'commands to payment', senders: ['orchestrator'], subscriptions: [partitioned('payment')] },
  { name: 'receipt-commands', carries: 'commands to receipt, and how refunds ended', senders: ['orchestrator'], subscriptions: [partitioned('receipt')] },
  { name: 'cart-commands', carries: 'how checkouts ended, to cart', senders: ['orchestrator'], subscriptions: [partitioned('cart')] },
  { name: 'checkout-replies', carries: 'what the services answer', senders: ['inventory', 'payment', 'receipt'], subscriptions: [partitioned('orchestrator')] },
  { name: 'sale-events', carries: 'CloudEvents for the outside', senders: ['orchestrator', 'receipt'], subscriptions: [shared('back-office')] },
  { name: 'operations', carries: 'what happens to the machinery: breakers, pauses, rebuilt clients, unknown outcomes, dead letters', senders: [...services, 'functions'], subscriptions: [{ ...shared('desk'), owner: 'functions' }] },
];

/** A replayed dead letter names the one subscription it is for; everything else is for all. */
export const replayFilterOf = (subscription: string): string => `replayFor IS NULL OR replayFor = '${subscription}'`;

export const partitions: readonly string[] = Array.from({ length: partitionCount }, (_, index) => `p${index}`);
