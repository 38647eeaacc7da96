import { condition, entityNotFound, Refusal } from './errors.ts';
import { Faults } from './fault/faults.ts';
import { limits } from './limits.ts';
import { CommitLog, type LogOwner } from './log/commit-log.ts';
import { type RecordSink, writePut, writeReset, writeRules, writeSessionState, writeStore } from './log/records.ts';
import { recover } from './log/recovery.ts';
import type { SegmentFile } from './log/segment-file.ts';
import { MessageStore, type StoreContext, type StoreOptions } from './message-store.ts';
import { compileRule, defaultRule, type Filter, type Rule, ruleFromConfig } from './rule/rule.ts';
import { messageState, StoredMessage } from './stored-message.ts';
import { TimerWheel } from './timer-wheel.ts';
import { type Destination, Queue, Subscription, Topic } from './topic.ts';
import { durationMs, type EmulatorConfig, type EntityProperties } from './topology.ts';
import { BATCH_FORMAT, type Content, parseContent, unbatch } from './wire/content.ts';
import { DecodeError } from './wire/decode.ts';

/** An address a client can name (specification §4). */
export type Entity =
  | { readonly kind: 'queue'; readonly path: string; readonly store: MessageStore; readonly destination: Destination }
  | { readonly kind: 'topic'; readonly path: string; readonly topic: Topic; readonly destination: Destination }
  | { readonly kind: 'subscription'; readonly path: string; readonly store: MessageStore; readonly subscription: Subscription }
  | { readonly kind: 'dead-letter-queue'; readonly path: string; readonly store: MessageStore };

/** Something notable happened. One JSON line each, in the process that prints them. */
export type BrokerEvent = (event: string, detail?: Readonly<Record<string, unknown>>) => void;

/** Entities, the messages in them, and the log behind them. */
export class Broker implements LogOwner, StoreContext {
  readonly log: CommitLog;
  readonly timers = new TimerWheel();
  readonly faults: Faults;
  readonly #entities = new Map<string, Entity>();
  readonly #stores: MessageStore[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #touched = new Set<MessageStore>();
  readonly #emit: BrokerEvent;
  readonly #onFailure: (error: Error) => void;
  readonly #storeIds: Map<string, number>;
  #lastStoreId: number;
  #isPumpScheduled = false;

  private constructor(directory: string, topology: EmulatorConfig, emit: BrokerEvent, onFailure: (error: Error) => void, faults: Faults) {
    this.faults = faults;
    this.#emit = emit;
    this.#onFailure = onFailure;
    const recovered = recover(directory);
    this.#storeIds = recovered.storeIds;
    this.#lastStoreId = recovered.lastStoreId;
    this.log = new CommitLog(directory, recovered.segments, this);
    this.#declare(topology);
    let messages = 0;
    for (const store of this.#stores) {
      const found = recovered.stores.get(store.path);
      if (!found) continue;
      store.nextSequence = found.nextSequence;
      for (const [sessionId, state] of found.sessionStates) store.session(sessionId).state = state;
      const inOrder = [...found.messages.values()].sort((a, b) => a.copy.sequence - b.copy.sequence);
      for (const { encoding, copy } of inOrder) store.restore(encoding.content, copy);
      messages += inOrder.length;
    }
    for (const subscription of this.#subscriptions) restoreRules(subscription, recovered.stores.get(subscription.store.path)?.rules);
    emit('recovered', { messages, segments: recovered.segments.length, tornSegments: recovered.tornSegments });
  }

  static async open(directory: string, topology: EmulatorConfig, emit: BrokerEvent, onFailure: (error: Error) => void, faults = new Faults()): Promise<Broker> {
    const broker = new Broker(directory, topology, emit, onFailure, faults);
    await broker.log.open();
    return broker;
  }

  async close(): Promise<void> {
    this.timers.close();
    await this.log.close();
  }

  // ---- Entities

  #declare({ UserConfig }: EmulatorConfig): void {
    for (const namespace of UserConfig.Namespaces) {
      for (const { Name, Properties } of namespace.Queues ?? []) {
        const store = this.#newStoreWithDeadLetters(Name, Properties);
        this.#register({ kind: 'queue', path: Name, store, destination: new Queue(store) });
      }
      for (const { Name, Properties, Subscriptions } of namespace.Topics ?? []) {
        refuseUnsupported(Name, Properties);
        const topicTtlMs = ttlMs(Properties?.DefaultMessageTimeToLive);
        const subscriptions = (Subscriptions ?? []).map((config) => {
          const path = `${Name}/Subscriptions/${config.Name}`;
          const store = this.#newStoreWithDeadLetters(path, config.Properties, topicTtlMs);
          const rules = config.Rules && config.Rules.length > 0 ? config.Rules.map(ruleFromConfig) : [defaultRule];
          const subscription = new Subscription(config.Name, store, rules);
          this.#subscriptions.push(subscription);
          this.#register({ kind: 'subscription', path, store, subscription });
          return subscription;
        });
        const topic = new Topic(this.#newStore(Name, { ...deadLetterOptions, isDeadLetterQueue: false }), subscriptions);
        this.#register({ kind: 'topic', path: Name, topic, destination: topic });
      }
    }
  }

  #newStoreWithDeadLetters(path: string, properties: EntityProperties | undefined, topicTtlMs = -1): MessageStore {
    refuseUnsupported(path, properties);
    const deadLetterPath = `${path}/$DeadLetterQueue`;
    const deadLetters = this.#newStore(deadLetterPath, { ...deadLetterOptions, lockMs: durationMs(properties?.LockDuration ?? 'PT1M') });
    this.#register({ kind: 'dead-letter-queue', path: deadLetterPath, store: deadLetters });
    const ownTtlMs = ttlMs(properties?.DefaultMessageTimeToLive);
    return this.#newStore(path, {
      lockMs: durationMs(properties?.LockDuration ?? 'PT1M'),
      maxDeliveryCount: properties?.MaxDeliveryCount ?? 10,
      requiresSession: properties?.RequiresSession ?? false,
      defaultTtlMs: topicTtlMs >= 0 && (ownTtlMs < 0 || topicTtlMs < ownTtlMs) ? topicTtlMs : ownTtlMs,
      deadLettersExpired: properties?.DeadLetteringOnMessageExpiration ?? false,
      isDeadLetterQueue: false,
    }, deadLetters);
  }

  #newStore(path: string, options: StoreOptions, deadLetters?: MessageStore): MessageStore {
    const id = this.#storeIds.get(path) ?? (this.#lastStoreId += 1);
    const store = new MessageStore(id, path, options, this, deadLetters);
    this.#stores.push(store);
    return store;
  }

  #register(entity: Entity): void {
    const key = entity.path.toLowerCase();
    if (this.#entities.has(key)) throw new Error(`The topology declares '${entity.path}' twice.`);
    this.#entities.set(key, entity);
  }

  /** @throws Refusal when there is no such entity. Any `scheme://authority/` in front is ignored, as is case. */
  resolve(address: string): Entity {
    const path = address.replace(/^[a-z]+:\/\/[^/]*\//i, '').replace(/\/$/, '');
    const entity = this.#entities.get(path.toLowerCase());
    if (!entity) throw entityNotFound(address);
    return entity;
  }

  // ---- Sending

  /**
   * Takes a transfer: one message or a batch, all of it or nothing. `accepted` runs when it is on disk.
   * @throws Refusal when it cannot be taken.
   */
  publish(destination: Destination, payload: Buffer, format: number, accepted: () => void): void {
    if (payload.length > limits.messageBytes) {
      throw new Refusal(condition.messageSizeExceeded, `The received message (delivery-id:0, size:${payload.length} bytes) exceeds the limit (${limits.messageBytes} bytes) currently allowed on the link.`);
    }
    const contents = parsePayload(payload, format);
    for (const content of contents) this.#check(destination, content);
    const now = Date.now();
    const added: StoredMessage[] = [];
    for (const content of contents) {
      if (content.scheduledAt > now) added.push(this.#schedule(destination, content, now));
      else this.#fanOut(destination, content, now, 0, added);
    }
    this.log.afterDurable(() => {
      for (const message of added) message.store.add(message);
      accepted();
    });
  }

  /** Takes messages for later through `$management`. `accepted` gets their sequence numbers once they are on disk. @throws Refusal */
  schedule(destination: Destination, encodings: readonly Buffer[], accepted: (sequences: number[]) => void): void {
    const contents = encodings.flatMap((bytes) => parsePayload(bytes, 0));
    for (const content of contents) this.#check(destination, content);
    const now = Date.now();
    const added = contents.map((content) => this.#schedule(destination, content, now));
    this.log.afterDurable(() => {
      for (const message of added) message.store.add(message);
      accepted(added.map(({ sequence }) => sequence));
    });
  }

  /** @throws Refusal unless all of them are still scheduled. */
  cancelScheduled(destination: Destination, sequences: readonly number[]): void {
    const found = sequences.map((sequence) => {
      const message = destination.store.messages.get(sequence);
      if (message?.state !== messageState.scheduled) throw new Refusal(condition.messageNotFound, `There is no scheduled message with sequence number ${sequence} in '${destination.path}'.`);
      return message;
    });
    for (const message of found) destination.store.unschedule(message);
  }

  #check(destination: Destination, content: Content): void {
    const size = content.applicationEnd - content.applicationAt;
    if (content.applicationAt >= 0 && size > limits.propertyBytes) {
      throw new Refusal(condition.argumentError, `The application properties take ${size} bytes; ${limits.propertyBytes} are allowed.`);
    }
    if (destination.store.options.requiresSession && content.sessionId === undefined) {
      throw new Refusal(condition.notAllowed, `The entity '${destination.path}' requires sessions; the message has no session id.`);
    }
  }

  #schedule(destination: Destination, content: Content, now: number): StoredMessage {
    const message = destination.store.newCopy(content, now);
    message.state = messageState.scheduled;
    this.#record(content, [message]);
    return message;
  }

  #fanOut(destination: Destination, content: Content, enqueuedAt: number, enqueueSequence: number, added: StoredMessage[]): void {
    const stores = destination.route(content);
    if (stores.length === 0) return;
    const copies: StoredMessage[] = [];
    for (const store of stores) {
      const copy = store.newCopy(content, enqueuedAt, enqueueSequence);
      if (store.options.requiresSession && content.sessionId === undefined) {
        const refused = store.refuseOnArrival(copy, 'Session ID is null.', 'The subscription requires sessions and the message has no session id.');
        this.#record(refused.content, [refused]);
        added.push(refused);
      } else {
        copies.push(copy);
        added.push(copy);
      }
    }
    if (copies.length > 0) this.#record(content, copies);
  }

  #record(content: Content, copies: readonly StoredMessage[]): void {
    content.bytes = writePut(this.log, copies, content.bytes);
    this.log.stored(content);
  }

  // ---- StoreContext

  touched(store: MessageStore): void {
    this.#touched.add(store);
    if (this.#isPumpScheduled) return;
    this.#isPumpScheduled = true;
    setImmediate(() => {
      this.#isPumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (const store of this.#touched) {
      // Removed first: handing out may expire a message and so touch the store again.
      this.#touched.delete(store);
      store.pump();
    }
  }

  /** A scheduled message becomes new ones: the rules are evaluated now, and each copy gets a new sequence number. */
  activate(message: StoredMessage): void {
    const { content, store } = message;
    const entity = this.resolve(store.path);
    if (entity.kind !== 'queue' && entity.kind !== 'topic') return;
    store.unschedule(message);
    const active = parseContent(Buffer.from(content.bytes));
    const added: StoredMessage[] = [];
    this.#fanOut(entity.destination, active, Math.max(content.scheduledAt, message.enqueuedAt), message.sequence, added);
    this.log.afterDurable(() => {
      for (const copy of added) copy.store.add(copy);
    });
  }

  // ---- LogOwner

  snapshot(sink: RecordSink): void {
    for (const store of this.#stores) {
      writeStore(sink, store.id, store.nextSequence, store.path);
      for (const session of store.sessions.values()) if (session.state) writeSessionState(sink, store.id, session.id, session.state);
    }
    for (const { store, rules, declaredRules } of this.#subscriptions) if (rules !== declaredRules) writeRules(sink, store.id, rulesJson(declaredRules, rules));
  }

  moveForward(segment: SegmentFile): void {
    const byContent = new Map<Content, StoredMessage[]>();
    for (const store of this.#stores) {
      for (const message of store.messages.values()) {
        if (message.content.segment !== segment) continue;
        const copies = byContent.get(message.content);
        if (copies) copies.push(message);
        else byContent.set(message.content, [message]);
      }
    }
    for (const [content, copies] of byContent) {
      const size = content.bytes.length;
      this.#record(content, copies);
      this.log.afterDurable(() => {
        segment.liveContents -= 1;
        segment.liveBytes -= size;
      });
    }
    this.#emit('compacted', { segment: segment.number, moved: byContent.size });
  }

  committed(): void {
    this.#pump();
  }

  failed(error: Error): void {
    this.#emit('log-failed', { error: error.message });
    this.#onFailure(error);
  }

  /** Ends locks before their time, in one entity or in all (fault injected). */
  expireLocks(path: string, count: number): void {
    for (const store of this.#stores) if (path === '*' || store.path.toLowerCase() === path.toLowerCase()) store.expireLocks(count);
  }

  // ---- Administration

  /** Replaces a subscription's rules; `done` runs when that is on disk. */
  setRules(subscription: Subscription, rules: readonly Rule[]): void {
    subscription.rules = rules;
    writeRules(this.log, subscription.store.id, rulesJson(subscription.declaredRules, rules));
  }

  /** Drops every message and session state of every entity. */
  reset(done: () => void): void {
    for (const store of this.#stores) store.clear();
    writeReset(this.log);
    this.log.afterDurable(done);
  }

  counts(): Record<string, { active: number; scheduled: number; deferred: number; locked: number; deadLetter: number }> {
    const counts: Record<string, { active: number; scheduled: number; deferred: number; locked: number; deadLetter: number }> = {};
    for (const entity of this.#entities.values()) {
      if (entity.kind === 'dead-letter-queue') continue;
      const store = entity.kind === 'topic' ? entity.topic.store : entity.store;
      counts[entity.path] = { ...store.counts(), deadLetter: store.deadLetterQueue?.messages.size ?? 0 };
    }
    return counts;
  }
}

const deadLetterOptions: StoreOptions = {
  lockMs: 60_000, maxDeliveryCount: Number.MAX_SAFE_INTEGER, requiresSession: false, defaultTtlMs: -1, deadLettersExpired: false, isDeadLetterQueue: true,
};

const ttlMs = (duration: string | undefined): number => (duration === undefined ? -1 : durationMs(duration));

/** A property that would change behaviour and is not implemented must not pass in silence. */
function refuseUnsupported(path: string, properties: EntityProperties | undefined): void {
  if (properties?.RequiresDuplicateDetection) throw new Error(`'${path}' asks for RequiresDuplicateDetection, which this stand-in does not support yet.`);
  if (properties?.ForwardTo || properties?.ForwardDeadLetteredMessagesTo) throw new Error(`'${path}' asks for forwarding, which this stand-in does not support yet.`);
}

function parsePayload(payload: Buffer, format: number): Content[] {
  try {
    if (format === BATCH_FORMAT) return unbatch(payload).map(parseContent);
    if (format === 0) return [parseContent(payload)];
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) throw new Refusal(condition.decodeError, `The message cannot be read: ${error.message}`);
    throw error;
  }
  throw new Refusal(condition.notImplemented, `Message format 0x${format.toString(16)} is not supported.`);
}

interface PersistedRules {
  readonly declared: readonly { readonly name: string; readonly filter: Filter }[];
  readonly rules: readonly { readonly name: string; readonly filter: Filter }[];
}

const plain = (rules: readonly Rule[]): PersistedRules['rules'] => rules.map(({ name, filter }) => ({ name, filter }));
const rulesJson = (declared: readonly Rule[], rules: readonly Rule[]): string => JSON.stringify({ declared: plain(declared), rules: plain(rules) } satisfies PersistedRules);

/** Rules changed at run time outlive a restart, until the topology itself declares others. */
function restoreRules(subscription: Subscription, json: string | undefined): void {
  if (json === undefined) return;
  const persisted = JSON.parse(json) as PersistedRules;
  if (JSON.stringify(persisted.declared) !== JSON.stringify(plain(subscription.declaredRules))) return;
  subscription.rules = persisted.rules.map(({ name, filter }) => compileRule(name, filter));
}
