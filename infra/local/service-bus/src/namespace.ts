import { condition, entityNotFound, Refusal } from './errors.ts';
import { limits } from './limits.ts';
import type { MessageStore } from './message-store.ts';
import { defaultRule, ruleFromConfig } from './rule/rule.ts';
import type { StoreOptions } from './store-options.ts';
import { type Destination, Queue, Subscription, Topic } from './topic.ts';
import { durationMs, type EmulatorConfig, type EntityProperties, type QueueConfig, type SubscriptionConfig, type TopicConfig } from './topology.ts';

/** What was asked for when the entity was made, for telling it again. */
interface Described<Config> {
  readonly path: string;
  config: Config;
  readonly createdAt: number;
  updatedAt: number;
}

/** An address a client can name (specification §4). */
export type Entity = QueueEntity | TopicEntity | SubscriptionEntity | DeadLetterEntity;
export type QueueEntity = Described<QueueConfig> & { readonly kind: 'queue'; readonly store: MessageStore; readonly destination: Destination };
export type TopicEntity = Described<TopicConfig> & { readonly kind: 'topic'; readonly topic: Topic; readonly destination: Destination };
export type SubscriptionEntity = Described<SubscriptionConfig> & { readonly kind: 'subscription'; readonly store: MessageStore; readonly subscription: Subscription; readonly topic: Topic };
export interface DeadLetterEntity { readonly kind: 'dead-letter-queue'; readonly path: string; readonly store: MessageStore }

type NewStore = (path: string, options: StoreOptions, deadLetters?: MessageStore) => MessageStore;

/** The entities there are. The topology declares them; the administration client makes, changes and removes them. */
export class Namespace {
  readonly #newStore: NewStore;
  readonly #entities = new Map<string, Entity>();

  constructor(newStore: NewStore) {
    this.#newStore = newStore;
  }

  /** @throws Error when the topology cannot be served. */
  declare({ UserConfig }: EmulatorConfig): void {
    for (const { Queues = [], Topics = [] } of UserConfig.Namespaces) {
      for (const queue of Queues) this.addQueue(queue, true);
      for (const { Subscriptions = [], ...topic } of Topics) {
        this.addTopic(topic);
        for (const subscription of Subscriptions) this.addSubscription(topic.Name, subscription, true);
      }
    }
    // Only now: an entity may forward to one that is declared after it.
    for (const entity of this.#entities.values()) if ('store' in entity) this.#checkForwarding(entity.path, entity.store.options);
  }

  get entities(): IterableIterator<Entity> {
    return this.#entities.values();
  }

  /** Any `scheme://authority/` in front is ignored, as is case. */
  find(address: string): Entity | undefined {
    const path = address.replace(/^[a-z]+:\/\/[^/]*\//i, '').replace(/\/$/, '');
    return this.#entities.get(path.toLowerCase());
  }

  addQueue(config: QueueConfig, isDeclared = false): QueueEntity {
    const options = storeOptions(config.Properties);
    if (!isDeclared) this.#checkForwarding(config.Name, options);
    const store = this.#withDeadLetters(config.Name, options);
    return this.#register({ kind: 'queue', path: config.Name, config, ...dates(), store, destination: new Queue(store) });
  }

  addTopic(config: TopicConfig): TopicEntity {
    this.#checkFree(config.Name);
    const topic = new Topic(this.#newStore(config.Name, storeOptions(config.Properties)));
    return this.#register({ kind: 'topic', path: config.Name, config, ...dates(), topic, destination: topic });
  }

  /** @throws Refusal when there is no such topic. */
  addSubscription(topicName: string, config: SubscriptionConfig, isDeclared = false): SubscriptionEntity {
    const owner = this.find(topicName);
    if (owner?.kind !== 'topic') throw entityNotFound(topicName);
    const { topic } = owner;
    const path = `${topic.path}/Subscriptions/${config.Name}`;
    const options = storeOptions(config.Properties, owner.config.Properties);
    if (!isDeclared) this.#checkForwarding(path, options);
    const rules = config.Rules && config.Rules.length > 0 ? config.Rules.map(ruleFromConfig) : [defaultRule];
    const store = this.#withDeadLetters(path, options);
    const subscription = new Subscription(config.Name, store, rules);
    topic.subscriptions.push(subscription);
    return this.#register({ kind: 'subscription', path, config, ...dates(), store, subscription, topic });
  }

  /** Applies changed properties. @throws Refusal for one that cannot change. */
  change(entity: QueueEntity | TopicEntity | SubscriptionEntity, properties: EntityProperties): void {
    const before = entity.config.Properties ?? {};
    for (const fixed of ['RequiresSession', 'RequiresDuplicateDetection'] as const) {
      if ((properties[fixed] ?? false) !== (before[fixed] ?? false)) throw new Refusal(condition.notAllowed, `The property '${fixed}' of '${entity.path}' cannot be changed after it was created.`);
    }
    const owner = entity.kind === 'subscription' ? this.find(entity.topic.path) : undefined;
    const options = storeOptions(properties, owner?.kind === 'topic' ? owner.config.Properties : undefined);
    this.#checkForwarding(entity.path, options);
    const store = entity.kind === 'topic' ? entity.topic.store : entity.store;
    store.options = options;
    if (store.deadLetterQueue) store.deadLetterQueue.options = { ...deadLetterOptions, lockMs: options.lockMs };
    entity.config = { ...entity.config, Properties: properties };
    entity.updatedAt = Date.now();
  }

  /** @returns the entity and all that goes with it. */
  remove(entity: Entity): Entity[] {
    const prefix = `${entity.path.toLowerCase()}/`;
    const gone = [...this.#entities.values()].filter((each) => each === entity || belongsTo(each, prefix, entity));
    for (const each of gone) {
      this.#entities.delete(each.path.toLowerCase());
      if (each.kind === 'subscription') each.topic.subscriptions.splice(each.topic.subscriptions.indexOf(each.subscription), 1);
    }
    return gone;
  }

  /** As it stands now, in the format it was declared in. */
  config(): EmulatorConfig {
    const all = [...this.#entities.values()];
    return {
      UserConfig: {
        Namespaces: [{
          Name: 'local',
          Queues: all.flatMap((entity) => (entity.kind === 'queue' ? [entity.config] : [])),
          Topics: all.flatMap((entity) => (entity.kind === 'topic' ? [{
            ...entity.config,
            Subscriptions: all.flatMap((each) => (each.kind === 'subscription' && each.topic === entity.topic ? [each.config] : [])),
          }] : [])),
        }],
      },
    };
  }

  #withDeadLetters(path: string, options: StoreOptions): MessageStore {
    this.#checkFree(path);
    const deadLetterPath = `${path}/$DeadLetterQueue`;
    const deadLetters = this.#newStore(deadLetterPath, { ...deadLetterOptions, lockMs: options.lockMs });
    this.#register({ kind: 'dead-letter-queue', path: deadLetterPath, store: deadLetters });
    return this.#newStore(path, options, deadLetters);
  }

  #checkFree(path: string): void {
    if (this.#entities.has(path.toLowerCase())) throw new Refusal(condition.entityAlreadyExists, `The messaging entity '${path}' already exists.`);
  }

  #checkForwarding(path: string, { forwardTo, forwardDeadLettersTo, requiresSession }: StoreOptions): void {
    if (forwardTo !== undefined && requiresSession) throw new Refusal(condition.argumentError, `'${path}' requires sessions and so cannot forward.`);
    for (const target of [forwardTo, forwardDeadLettersTo]) {
      if (target === undefined) continue;
      const found = this.find(target);
      if (!found || !('destination' in found)) throw new Refusal(condition.argumentError, `'${path}' forwards to '${target}', which is no queue or topic.`);
      if (found.path.toLowerCase() === path.toLowerCase()) throw new Refusal(condition.argumentError, `'${path}' forwards to itself.`);
    }
  }

  #register<E extends Entity>(entity: E): E {
    this.#entities.set(entity.path.toLowerCase(), entity);
    return entity;
  }
}

function belongsTo(each: Entity, prefix: string, entity: Entity): boolean {
  if (entity.kind === 'topic' && each.kind === 'subscription') return each.topic === entity.topic;
  const path = each.path.toLowerCase();
  return each.kind === 'dead-letter-queue' && (path === `${prefix}$deadletterqueue` || (entity.kind === 'topic' && path.startsWith(`${prefix}subscriptions/`)));
}

const dates = (): { createdAt: number; updatedAt: number } => ({ createdAt: Date.now(), updatedAt: Date.now() });

const DEFAULT_LOCK = 'PT1M';
const DEFAULT_DUPLICATE_WINDOW = 'PT10M';

const deadLetterOptions: StoreOptions = {
  lockMs: 60_000, maxDeliveryCount: Number.MAX_SAFE_INTEGER, requiresSession: false, defaultTtlMs: -1, deadLettersExpired: false, isDeadLetterQueue: true,
  duplicateWindowMs: 0, maxBytes: Number.POSITIVE_INFINITY, status: 'Active', forwardTo: undefined, forwardDeadLettersTo: undefined,
};

function storeOptions(properties: EntityProperties = {}, topic?: EntityProperties): StoreOptions {
  const ownTtlMs = ttlMs(properties.DefaultMessageTimeToLive);
  const topicTtlMs = ttlMs(topic?.DefaultMessageTimeToLive);
  return {
    lockMs: durationMs(properties.LockDuration ?? DEFAULT_LOCK),
    maxDeliveryCount: properties.MaxDeliveryCount ?? 10,
    requiresSession: properties.RequiresSession ?? false,
    defaultTtlMs: topicTtlMs >= 0 && (ownTtlMs < 0 || topicTtlMs < ownTtlMs) ? topicTtlMs : ownTtlMs,
    deadLettersExpired: properties.DeadLetteringOnMessageExpiration ?? false,
    isDeadLetterQueue: false,
    duplicateWindowMs: properties.RequiresDuplicateDetection ? durationMs(properties.DuplicateDetectionHistoryTimeWindow ?? DEFAULT_DUPLICATE_WINDOW) : 0,
    maxBytes: (properties.MaxSizeInMegabytes ?? topic?.MaxSizeInMegabytes ?? limits.entityMegabytes) * 1024 * 1024,
    status: properties.Status ?? 'Active',
    forwardTo: properties.ForwardTo || undefined,
    forwardDeadLettersTo: properties.ForwardDeadLetteredMessagesTo || undefined,
  };
}

const ttlMs = (duration: string | undefined): number => (duration === undefined ? -1 : durationMs(duration));
