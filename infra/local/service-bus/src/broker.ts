import { checkContent, checkOpen } from './admission.ts';
import { condition, entityNotFound, Refusal } from './errors.ts';
import { Faults } from './fault/faults.ts';
import { copiesOf, type Passage } from './forwarding.ts';
import { limits } from './limits.ts';
import { CommitLog, type LogOwner } from './log/commit-log.ts';
import { Encoding } from './log/encoding.ts';
import { type RecordSink, writeEntities, writeReset, writeRules, writeSeen, writeSessionState, writeStore } from './log/records.ts';
import { RecentEncodings } from './log/recent-encodings.ts';
import { messagesWrittenTo, recover, takeInOrder } from './log/recovery.ts';
import type { SegmentFile } from './log/segment-file.ts';
import { MessageStore } from './message-store.ts';
import { type Entity, Namespace } from './namespace.ts';
import { parsePayload } from './payload.ts';
import { restoreRules, rulesJson } from './persisted-rules.ts';
import { FilterSubject, systemFields } from './rule/filter-subject.ts';
import type { Rule } from './rule/rule.ts';
import type { StoreContext, StoreOptions } from './store-options.ts';
import { messageState, type StoredMessage } from './stored-message.ts';
import { TimerWheel } from './timer-wheel.ts';
import type { Destination, Subscription } from './topic.ts';
import type { EmulatorConfig } from './topology.ts';
import { type Content, parseContent, withAnnotation } from './wire/content.ts';
import { text } from './wire/encode.ts';

export type { Entity } from './namespace.ts';

/** Something notable happened. One JSON line each, in the process that prints them. */
export type BrokerEvent = (event: string, detail?: Readonly<Record<string, unknown>>) => void;

/** Entities, the messages in them, and the log behind them. */
export class Broker implements LogOwner, StoreContext {
  readonly log: CommitLog;
  readonly timers = new TimerWheel();
  readonly faults: Faults;
  readonly namespace = new Namespace((path, options, deadLetters) => this.#newStore(path, options, deadLetters));
  readonly #stores = new Set<MessageStore>();
  readonly #touched = new Set<MessageStore>();
  readonly #emit: BrokerEvent;
  readonly #onFailure: (error: Error) => void;
  readonly #storeIds: Map<string, number>;
  #lastStoreId: number;
  /** The topology we were started with, and the entities as they were changed since, both as JSON. */
  readonly #declared: string;
  #changedEntities: string | undefined;
  #isReady = false;
  #isPumpScheduled = false;

  private constructor(directory: string, topology: EmulatorConfig, emit: BrokerEvent, onFailure: (error: Error) => void, faults: Faults) {
    this.faults = faults;
    this.#emit = emit;
    this.#onFailure = onFailure;
    const encodings = new RecentEncodings();
    const recovered = recover(directory, encodings);
    this.#storeIds = recovered.storeIds;
    this.#lastStoreId = recovered.lastStoreId;
    this.log = new CommitLog(directory, recovered.segments, encodings, this);
    this.#declared = JSON.stringify(topology);
    const changed = recovered.entities === undefined ? undefined : (JSON.parse(recovered.entities) as PersistedEntities);
    if (changed?.declared === this.#declared) this.#changedEntities = recovered.entities;
    this.namespace.declare(this.#changedEntities && changed ? changed.current : topology);
    let messages = 0;
    for (const store of this.#stores) {
      const found = recovered.stores.get(store.path);
      if (!found) continue;
      store.nextSequence = found.nextSequence;
      for (const [id, at] of found.seen) store.duplicates.remember(id, at);
      for (const [sessionId, state] of found.sessionStates) store.sessions.open(sessionId).state = state;
      messages += found.messages.size;
      for (const message of takeInOrder(found.messages)) store.restore(message);
    }
    for (const subscription of this.#subscriptions()) restoreRules(subscription, recovered.stores.get(subscription.store.path)?.rules);
    emit('recovered', { messages, segments: recovered.segments.length, tornSegments: recovered.tornSegments });
  }

  static async open(directory: string, topology: EmulatorConfig, emit: BrokerEvent, onFailure: (error: Error) => void, faults = new Faults()): Promise<Broker> {
    const broker = new Broker(directory, topology, emit, onFailure, faults);
    await broker.log.open();
    broker.#isReady = true;
    return broker;
  }

  async close(): Promise<void> {
    this.timers.close();
    await this.log.close();
  }

  // ---- Entities

  #newStore(path: string, options: StoreOptions, deadLetters: MessageStore | undefined): MessageStore {
    const id = this.#storeIds.get(path) ?? (this.#lastStoreId += 1);
    this.#storeIds.set(path, id);
    const store = new MessageStore(id, path, options, this, deadLetters);
    this.#stores.add(store);
    if (this.#isReady) writeStore(this.log, id, store.nextSequence, path);
    return store;
  }

  /** Makes or changes entities, and keeps that until the topology itself is another one. */
  changeEntities<T>(change: (namespace: Namespace) => T): T {
    const result = change(this.namespace);
    this.#changedEntities = JSON.stringify({ declared: this.#declared, current: this.namespace.config() } satisfies PersistedEntities);
    writeEntities(this.log, this.#changedEntities);
    return result;
  }

  /** Removes an entity with all that belongs to it; its links end. */
  removeEntity(entity: Entity): void {
    this.changeEntities((namespace) => {
      for (const each of namespace.remove(entity)) {
        const store = each.kind === 'topic' ? each.topic.store : each.store;
        store.dissolve();
        this.#stores.delete(store);
        // One that is made again under this name is another one.
        this.#storeIds.delete(store.path);
      }
    });
  }

  /** @throws Refusal when there is no such entity. Any `scheme://authority/` in front is ignored, as is case. */
  resolve(address: string): Entity {
    const entity = this.namespace.find(address);
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
    checkOpen(destination);
    const contents = parsePayload(payload, format);
    for (const content of contents) checkContent(destination, content);
    const now = Date.now();
    const added: StoredMessage[] = [];
    for (const content of contents) {
      if (this.#isDuplicate(destination, content, now)) continue;
      if (content.scheduledAt > now) added.push(this.#schedule(destination, Encoding.of(content), now));
      else added.push(...this.#fanOut(destination, Encoding.of(content), { enqueuedAt: now, enqueueSequence: 0, hops: 0 }));
    }
    this.log.afterDurable(() => {
      for (const message of added) message.store.add(message);
      accepted();
    });
  }

  /** Takes messages for later through `$management`. `accepted` gets their sequence numbers once they are on disk. @throws Refusal */
  schedule(destination: Destination, encodings: readonly Buffer[], accepted: (sequences: number[]) => void): void {
    checkOpen(destination);
    const contents = encodings.flatMap((bytes) => parsePayload(bytes, 0));
    for (const content of contents) checkContent(destination, content);
    const now = Date.now();
    const isRepeated = contents.map((content) => this.#isDuplicate(destination, content, now));
    const added = contents.map(Encoding.of).map((encoding, index) => (isRepeated[index] ? destination.store.newCopy(encoding, now) : this.#schedule(destination, encoding, now)));
    this.log.afterDurable(() => {
      added.forEach((message, index) => { if (!isRepeated[index]) message.store.add(message); });
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

  /** Whether the entity looks for duplicates and has seen this message id within its window. Then it is accepted and dropped. */
  #isDuplicate({ store }: Destination, content: Content, now: number): boolean {
    const { duplicateWindowMs } = store.options;
    if (duplicateWindowMs <= 0) return false;
    const value = new FilterSubject(content).system(systemFields['messageid'] ?? 0);
    const id = Buffer.isBuffer(value) ? value.toString('hex') : String(value);
    if (store.duplicates.isRepeated(id, now, duplicateWindowMs)) return true;
    writeSeen(this.log, store.id, id, now);
    return false;
  }

  #schedule(destination: Destination, encoding: Encoding, now: number): StoredMessage {
    const message = destination.store.newCopy(encoding, now);
    message.state = messageState.scheduled;
    this.log.put(encoding, [message]);
    return message;
  }

  #fanOut(destination: Destination, encoding: Encoding, passage: Passage): StoredMessage[] {
    const copies = copiesOf(destination, encoding, passage, (path) => this.#destination(path));
    if (copies.every((copy) => copy.encoding === encoding)) {
      if (copies.length > 0) this.log.put(encoding, copies);
      return copies;
    }
    for (const [shared, own] of Map.groupBy(copies, (copy) => copy.encoding)) this.log.put(shared, own);
    return copies;
  }

  #destination(path: string): Destination | undefined {
    const entity = this.namespace.find(path);
    return entity && 'destination' in entity ? entity.destination : undefined;
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
    const active = Encoding.of(parseContent(Buffer.from(content.bytes)));
    this.#addWhenDurable(this.#fanOut(entity.destination, active, {
      enqueuedAt: Math.max(content.scheduledAt, message.enqueuedAt), enqueueSequence: message.sequence, hops: 0,
    }));
  }

  #addWhenDurable(added: readonly StoredMessage[]): void {
    this.log.afterDurable(() => {
      for (const copy of added) copy.store.add(copy);
    });
  }

  forwardDeadLetter(content: Content, { store, enqueueSequence }: StoredMessage, target: string): boolean {
    const destination = this.#destination(target);
    if (!destination) return false;
    const marked = Encoding.of(parseContent(withAnnotation(content, 'x-opt-deadletter-source', text(store.path))));
    this.#addWhenDurable(this.#fanOut(destination, marked, { enqueuedAt: Date.now(), enqueueSequence, hops: 1 }));
    return true;
  }

  // ---- LogOwner

  snapshot(sink: RecordSink): void {
    for (const store of this.#stores) {
      writeStore(sink, store.id, store.nextSequence, store.path);
      for (const session of store.sessions.values()) if (session.state) writeSessionState(sink, store.id, session.id, session.state);
    }
    for (const store of this.#stores) {
      const { duplicateWindowMs } = store.options;
      if (duplicateWindowMs <= 0) continue;
      for (const [id, at] of store.duplicates.entries(Date.now() - duplicateWindowMs)) writeSeen(sink, store.id, id, at);
    }
    if (this.#changedEntities !== undefined) writeEntities(sink, this.#changedEntities);
    for (const { store, rules, declaredRules } of this.#subscriptions()) if (rules !== declaredRules) writeRules(sink, store.id, rulesJson(declaredRules, rules));
  }

  moveForward(segment: SegmentFile): void {
    const stores = new Map(Array.from(this.#stores, (store) => [store.id, store]));
    let moved = 0;
    for (const { at, copies } of messagesWrittenTo(segment)) {
      const live = copies
        .map(({ storeId, sequence }) => stores.get(storeId)?.messages.get(sequence))
        .filter((message) => message !== undefined)
        .filter(({ encoding }) => encoding.segment === segment && encoding.at === at);
      const encoding = live[0]?.encoding;
      if (!encoding) continue;
      moved += 1;
      this.log.put(encoding, live);
      this.log.afterDurable(() => {
        segment.liveContents -= 1;
        segment.liveBytes -= encoding.size;
      });
    }
    this.#emit('compacted', { segment: segment.number, moved });
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

  * #subscriptions(): Generator<Subscription> {
    for (const entity of this.namespace.entities) if (entity.kind === 'subscription') yield entity.subscription;
  }

  /** Drops every message and session state of every entity. */
  reset(done: () => void): void {
    for (const store of this.#stores) store.clear();
    writeReset(this.log);
    this.log.afterDurable(done);
  }

  counts(): Record<string, EntityCounts> {
    const counts: Record<string, EntityCounts> = {};
    for (const entity of this.namespace.entities) {
      if (entity.kind === 'dead-letter-queue') continue;
      const store = entity.kind === 'topic' ? entity.topic.store : entity.store;
      counts[entity.path] = { ...store.counts(), deadLetter: store.deadLetterQueue?.messages.size ?? 0, ...(store.options.requiresSession ? { requiresSession: true } : {}) };
    }
    return counts;
  }
}

/** For `GET /entities`. */
export interface EntityCounts {
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly locked: number;
  readonly deadLetter: number;
  readonly requiresSession?: boolean;
}

interface PersistedEntities {
  readonly declared: string;
  readonly current: EmulatorConfig;
}
