import { condition, Refusal } from '../errors.ts';
import { limits } from '../limits.ts';
import type { MessageStore } from '../message-store.ts';
import type { QueueEntity, SubscriptionEntity, TopicEntity } from '../namespace.ts';
import { durationMs, type EntityProperties, type EntityStatus } from '../topology.ts';
import { DESCRIPTION } from './atom.ts';
import { descend, escape, tag, type XmlElement } from './xml.ts';

/** The service's "never". */
const FOREVER = 'P10675199DT2H48M5.4775807S';

type Fields = readonly (readonly [name: string, value: string | number | boolean | undefined])[];

/** An entity as the administration client reads it; the same document serves properties and runtime counts (specification §15.2). */
export function describeEntity(entity: QueueEntity | TopicEntity | SubscriptionEntity): string {
  const properties = entity.config.Properties ?? {};
  switch (entity.kind) {
    case 'queue':
      return element('QueueDescription', [
        ...locking(properties), ...holding(properties), ...common(entity, properties), ...forwarding(properties),
        ['SizeInBytes', entity.store.bytes], ['MessageCount', total(entity.store)],
      ], countDetails(entity.store));
    case 'topic':
      return element('TopicDescription', [
        ...holding(properties), ...common(entity, properties), ['SupportOrdering', true],
        ['SizeInBytes', entity.destination.bytes], ['SubscriptionCount', entity.topic.subscriptions.length],
      ], countDetails(entity.topic.store));
    case 'subscription':
      return element('SubscriptionDescription', [
        ...locking(properties), ...common(entity, properties), ...forwarding(properties),
        ['DefaultMessageTimeToLive', properties.DefaultMessageTimeToLive ?? FOREVER],
        ['DeadLetteringOnFilterEvaluationExceptions', properties.DeadLetteringOnFilterEvaluationExceptions ?? false],
        ['MessageCount', total(entity.store)],
      ], countDetails(entity.store));
  }
}

const locking = (properties: EntityProperties): Fields => [
  ['LockDuration', properties.LockDuration ?? 'PT1M'], ['RequiresSession', properties.RequiresSession ?? false],
  ['MaxDeliveryCount', properties.MaxDeliveryCount ?? 10], ['DeadLetteringOnMessageExpiration', properties.DeadLetteringOnMessageExpiration ?? false],
];

const holding = (properties: EntityProperties): Fields => [
  ['MaxSizeInMegabytes', properties.MaxSizeInMegabytes ?? limits.entityMegabytes], ['DefaultMessageTimeToLive', properties.DefaultMessageTimeToLive ?? FOREVER],
  ['RequiresDuplicateDetection', properties.RequiresDuplicateDetection ?? false],
  ['DuplicateDetectionHistoryTimeWindow', properties.DuplicateDetectionHistoryTimeWindow ?? 'PT10M'], ['EnablePartitioning', false], ['EnableExpress', false],
];

const forwarding = (properties: EntityProperties): Fields => [
  ['ForwardTo', properties.ForwardTo || undefined], ['ForwardDeadLetteredMessagesTo', properties.ForwardDeadLetteredMessagesTo || undefined],
];

function common({ createdAt, updatedAt }: { readonly createdAt: number; readonly updatedAt: number }, properties: EntityProperties): Fields {
  const updated = new Date(updatedAt).toISOString();
  return [
    ['EnableBatchedOperations', true], ['Status', properties.Status ?? 'Active'], ['UserMetadata', properties.UserMetadata], ['AutoDeleteOnIdle', FOREVER],
    ['EntityAvailabilityStatus', 'Available'], ['CreatedAt', new Date(createdAt).toISOString()], ['UpdatedAt', updated], ['AccessedAt', updated],
  ];
}

const element = (name: string, fields: Fields, more: string): string =>
  tag(name, fields.map(([field, value]) => (value === undefined ? '' : tag(field, escape(String(value))))).join('') + more, DESCRIPTION);

const deadLetters = (store: MessageStore): number => store.deadLetterQueue?.messages.size ?? 0;
const total = (store: MessageStore): number => store.messages.size + deadLetters(store);

/** Exactly one attribute: the SDK looks for the prefix there. */
function countDetails(store: MessageStore): string {
  const { active, scheduled } = store.counts();
  const counts = { ActiveMessageCount: active, DeadLetterMessageCount: deadLetters(store), ScheduledMessageCount: scheduled, TransferMessageCount: 0, TransferDeadLetterMessageCount: 0 };
  return tag('CountDetails', Object.entries(counts).map(([name, count]) => tag(`d2p1:${name}`, String(count))).join(''), 'xmlns:d2p1="http://schemas.microsoft.com/netservices/2011/06/servicebus"');
}

// ---- Reading

const statuses: readonly string[] = ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled'] satisfies EntityStatus[];

/** The properties a client asks for. @throws Refusal for what would change behaviour and is not supported. */
export function readProperties(description: XmlElement): EntityProperties {
  const value = (name: string): string | undefined => descend(description, name)?.text.trim() || undefined;
  const flag = (name: string): boolean | undefined => (value(name) === undefined ? undefined : value(name)?.toLowerCase() === 'true');
  const count = (name: string): number | undefined => (value(name) === undefined ? undefined : Number(value(name)));
  for (const name of ['EnablePartitioning', 'EnableExpress']) if (flag(name)) throw unsupported(name);
  if ((descend(description, 'AuthorizationRules')?.children.length ?? 0) > 0) throw unsupported('AuthorizationRules');
  const idle = value('AutoDeleteOnIdle');
  if (idle !== undefined && durationMs(idle) >= 0) throw unsupported('AutoDeleteOnIdle');
  const status = value('Status') ?? 'Active';
  if (!statuses.includes(status)) throw new Refusal(condition.argumentError, `'${status}' is no status of an entity.`);
  const properties = {
    LockDuration: value('LockDuration'),
    MaxDeliveryCount: count('MaxDeliveryCount'),
    RequiresSession: flag('RequiresSession'),
    DefaultMessageTimeToLive: value('DefaultMessageTimeToLive'),
    DeadLetteringOnMessageExpiration: flag('DeadLetteringOnMessageExpiration'),
    DeadLetteringOnFilterEvaluationExceptions: flag('DeadLetteringOnFilterEvaluationExceptions'),
    RequiresDuplicateDetection: flag('RequiresDuplicateDetection'),
    DuplicateDetectionHistoryTimeWindow: value('DuplicateDetectionHistoryTimeWindow'),
    MaxSizeInMegabytes: count('MaxSizeInMegabytes'),
    ForwardTo: pathOf(value('ForwardTo')),
    ForwardDeadLetteredMessagesTo: pathOf(value('ForwardDeadLetteredMessagesTo')),
    UserMetadata: value('UserMetadata'),
    Status: status,
  };
  for (const name of ['MaxDeliveryCount', 'MaxSizeInMegabytes'] as const) {
    const number = properties[name];
    if (number !== undefined && !(number > 0)) throw new Refusal(condition.argumentError, `'${name}' must be a positive number.`);
  }
  return Object.fromEntries(Object.entries(properties).filter(([, each]) => each !== undefined));
}

/** Clients name targets by URL. */
const pathOf = (target: string | undefined): string | undefined => target?.replace(/^[a-z]+:\/\/[^/]*\//i, '');

const unsupported = (name: string): Refusal => new Refusal(condition.notImplemented, `'${name}' is not supported by this stand-in.`);
