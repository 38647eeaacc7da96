import Long from 'long';
import {
  type ServiceBusAdministrationClient, ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver, type ServiceBusReceiverOptions, type ServiceBusRuleManager,
  type ServiceBusSender, type ServiceBusSessionReceiver, type ServiceBusSessionReceiverOptions,
} from '@azure/service-bus';
import type { Entities } from '../situation.ts';
import { makeEntities } from './entities.ts';
import type { Namespace } from './namespace.ts';

/**
 * What a situation works with: the unmodified client, its entities by the names it declared (`orders`, or `news/all` for a subscription),
 * and the closing of everything it opened.
 */
export interface Bus {
  /** Shared by all situations, so that they need one connection. Do not close it. */
  readonly client: ServiceBusClient;
  readonly administration: ServiceBusAdministrationClient;
  readonly connectionString: string;
  /** The declared queue's or topic's name in the namespace. */
  nameOf(declared: string): string;
  sender(entity: string): ServiceBusSender;
  /** Locks are not renewed unless the options ask for it. */
  receiver(entity: string, options?: ServiceBusReceiverOptions): ServiceBusReceiver;
  deadLetters(entity: string): ServiceBusReceiver;
  /** What peeking shows from the beginning, of the entity or of its dead-letter queue. */
  peek(entity: string, subQueue?: 'deadLetter'): Promise<ServiceBusReceivedMessage[]>;
  acceptSession(entity: string, sessionId: string, options?: ServiceBusSessionReceiverOptions): Promise<ServiceBusSessionReceiver>;
  acceptNextSession(entity: string, options?: ServiceBusSessionReceiverOptions): Promise<ServiceBusSessionReceiver>;
  rules(subscription: string): ServiceBusRuleManager;
  /** One more connection; the connection string may be another than the suite's. */
  newClient(options?: { readonly timeoutInMs?: number; readonly connectionString?: string }): ServiceBusClient;
}

/** A client whose first failure is the situation's to see: nothing is tried again. */
export const connect = (connectionString: string, timeoutInMs = 20_000): ServiceBusClient => new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs } });

/** More than any situation sends. */
const PEEK = 200;

const noRenewal = { maxAutoLockRenewalDurationInMs: 0 };

/** Makes the entities, lets the situation run, closes what it opened and removes the entities. */
export async function withBus(namespace: Namespace, client: ServiceBusClient, entities: Entities, run: (bus: Bus) => Promise<void>): Promise<void> {
  const { administration, connectionString } = namespace;
  await using made = await makeEntities(administration, entities);
  const opened: { close(): Promise<unknown> }[] = [];
  const opening = <T extends { close(): Promise<unknown> }>(each: T): T => {
    opened.push(each);
    return each;
  };
  const receive = (entity: string, options: ServiceBusReceiverOptions): ServiceBusReceiver => {
    const [name, subscription] = split(entity);
    return opening(subscription === undefined ? client.createReceiver(made.nameOf(name), options) : client.createReceiver(made.nameOf(name), subscription, options));
  };
  try {
    await run({
      client,
      administration,
      connectionString,
      nameOf: (declared) => made.nameOf(declared),
      sender: (entity) => opening(client.createSender(made.nameOf(entity))),
      receiver: (entity, options) => receive(entity, { ...noRenewal, ...options }),
      deadLetters: (entity) => receive(entity, { ...noRenewal, subQueueType: 'deadLetter' }),
      // Said where to begin, because the client goes on where the last peek at this entity ended, whichever receiver that was.
      peek: (entity, subQueueType) => receive(entity, subQueueType ? { subQueueType } : {}).peekMessages(PEEK, { fromSequenceNumber: Long.ZERO }),
      acceptSession: async (entity, sessionId, options) => {
        const [name, subscription] = split(entity);
        const merged = { ...noRenewal, ...options };
        return opening(await (subscription === undefined
          ? client.acceptSession(made.nameOf(name), sessionId, merged)
          : client.acceptSession(made.nameOf(name), subscription, sessionId, merged)));
      },
      acceptNextSession: async (entity, options) => {
        const [name, subscription] = split(entity);
        const merged = { ...noRenewal, ...options };
        return opening(await (subscription === undefined
          ? client.acceptNextSession(made.nameOf(name), merged)
          : client.acceptNextSession(made.nameOf(name), subscription, merged)));
      },
      rules: (entity) => {
        const [topic, subscription = ''] = split(entity);
        return client.createRuleManager(made.nameOf(topic), subscription);
      },
      newClient: (options = {}) => opening(connect(options.connectionString ?? connectionString, options.timeoutInMs)),
    });
  } finally {
    await Promise.allSettled(opened.map((each) => each.close()));
  }
}

function split(entity: string): [name: string, subscription?: string] {
  const [name = '', subscription] = entity.split('/');
  return subscription === undefined ? [name] : [name, subscription];
}
