import { partitionCount } from '@checkout/kernel';

/**
 * Topics, subscriptions, filters, sessions, time to live and delivery limits: declared here once. The local stand-in's entities, the
 * emulator's configuration, the Bicep parameters and the documentation are generated from it (`npm run generate`).
 */
export interface Topic {
  readonly name: string;
  /** What it carries, for the documentation. */
  readonly carries: string;
  readonly subscriptions: readonly Subscription[];
}

export interface Subscription {
  readonly name: string;
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

const partitioned = (name: string): Subscription => ({ name, requiresSession: true, lockDuration, defaultMessageTimeToLive: timeToLive, maxDeliveryCount: 20 });
const shared = (name: string): Subscription => ({ ...partitioned(name), requiresSession: false });

export const topology: readonly Topic[] = [
  { name: 'checkout-requests', carries: '`CheckoutRequested`, from cart or from a till directly', subscriptions: [partitioned('orchestrator')] },
  { name: 'inventory-commands', carries: 'commands to inventory', subscriptions: [partitioned('inventory')] },
  { name: 'payment-commands', carries: 'commands to payment', subscriptions: [partitioned('payment')] },
  { name: 'receipt-commands', carries: 'commands to receipt', subscriptions: [partitioned('receipt')] },
  { name: 'cart-commands', carries: 'how checkouts ended, to cart', subscriptions: [partitioned('cart')] },
  { name: 'checkout-replies', carries: 'what the services answer', subscriptions: [partitioned('orchestrator')] },
  { name: 'sale-events', carries: 'CloudEvents for the outside', subscriptions: [shared('back-office')] },
  { name: 'operations', carries: 'what happens to the machinery: breakers, pauses, rebuilt clients, unknown outcomes', subscriptions: [shared('desk')] },
];

/** A replayed dead letter names the one subscription it is for; everything else is for all. */
export const replayFilterOf = (subscription: string): string => `replayFor IS NULL OR replayFor = '${subscription}'`;

export const partitions: readonly string[] = Array.from({ length: partitionCount }, (_, index) => `p${index}`);
