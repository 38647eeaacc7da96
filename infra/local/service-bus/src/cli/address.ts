import type { ServiceBusClient, ServiceBusReceiver } from '@azure/service-bus';

/** An entity as it is named on the command line: `queue`, `topic/subscription`, either with `/$dlq`. */
export interface Address {
  readonly entity: string;
  readonly subscription: string | undefined;
  readonly isDeadLetter: boolean;
}

/** `known` are the paths there are: a slash may belong to a name or stand before a subscription. */
export function addressOf(name: string, known: readonly string[]): Address {
  const isDeadLetter = /\/\$(?:dlq|deadletterqueue)$/i.test(name);
  const path = name.replace(/\/\$(?:dlq|deadletterqueue)$/i, '').replace(/\/subscriptions\//i, '/');
  const found = known.find((each) => each.toLowerCase() === path.toLowerCase());
  if (found !== undefined) return { entity: found, subscription: undefined, isDeadLetter };
  const owner = known.find((each) => each.replace(/\/Subscriptions\//i, '/').toLowerCase() === path.toLowerCase());
  if (owner === undefined) throw new Error(`There is no '${path}'. 'ls' shows what there is.`);
  const [entity = '', subscription] = owner.split(/\/Subscriptions\//i);
  return { entity, subscription, isDeadLetter };
}

export function receiverOf(client: ServiceBusClient, { entity, subscription, isDeadLetter }: Address, receiveMode: 'peekLock' | 'receiveAndDelete'): ServiceBusReceiver {
  const options = { receiveMode, ...(isDeadLetter ? { subQueueType: 'deadLetter' as const } : {}) };
  // The overloads tell the two modes apart; which one it is does not matter here.
  const wanted = options as { receiveMode: 'receiveAndDelete' };
  return subscription === undefined ? client.createReceiver(entity, wanted) : client.createReceiver(entity, subscription, wanted);
}
