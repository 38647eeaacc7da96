import type { Consumer } from './consumer.ts';
import { ConsumerRing } from './consumer-ring.ts';
import { deadLetterOf, exhausted, expired, reason } from './dead-letter.ts';
import { DuplicateHistory } from './duplicate-history.ts';
import { condition, Refusal } from './errors.ts';
import { Encoding } from './log/encoding.ts';
import { writeCount, writeSessionState, writeSettle } from './log/records.ts';
import type { RecoveredMessage } from './log/recovery.ts';
import { MessageLocks } from './message-locks.ts';
import { freeMessages, peekAt } from './message-query.ts';
import type { MessageSession } from './message-session.ts';
import { SequenceQueue } from './sequence-queue.ts';
import { SessionOwnership } from './session-ownership.ts';
import { SessionRoster } from './session-roster.ts';
import type { Changes, StoreContext, StoreOptions } from './store-options.ts';
import { type MessageState, messageState, MessageTimer, StoredMessage } from './stored-message.ts';
import { type Content, parseContent, withApplicationProperties } from './wire/content.ts';

const noChanges: Changes = new Map();

/** Locked ones are active or deferred too. */
export interface StoreCounts {
  readonly active: number;
  readonly deferred: number;
  readonly scheduled: number;
  readonly locked: number;
}

/**
 * The messages of one queue, subscription or dead-letter queue, and of a topic as far as they are scheduled.
 *
 * A message is *scheduled* until its time, then *active*; *locked* while a consumer has it; *deferred* when set aside. It leaves by
 * being completed, by expiring, or by moving to the dead-letter queue (specification §12).
 */
export class MessageStore {
  readonly id: number;
  readonly path: string;
  /** Changed by the administration client only. */
  options: StoreOptions;
  readonly duplicates = new DuplicateHistory();
  /** Bytes of its messages. */
  bytes = 0;
  readonly deadLetterQueue: MessageStore | undefined;
  readonly messages = new Map<number, StoredMessage>();
  readonly sessions: SessionRoster;
  readonly ownership: SessionOwnership;
  nextSequence = 1;
  readonly #context: StoreContext;
  readonly #ready = new SequenceQueue();
  readonly #locks: MessageLocks;
  /** Messages by their state. */
  readonly #counts: Record<MessageState, number> & [number, number, number] = [0, 0, 0];
  readonly #consumers = new ConsumerRing();
  readonly #touchedSessions = new Set<MessageSession>();

  constructor(id: number, path: string, options: StoreOptions, context: StoreContext, deadLetterQueue?: MessageStore) {
    this.id = id;
    this.path = path;
    this.options = options;
    this.#context = context;
    this.deadLetterQueue = deadLetterQueue;
    this.sessions = new SessionRoster(this, context.timers, context.faults);
    this.#locks = new MessageLocks(context.timers);
    this.ownership = new SessionOwnership(this, this.#locks, context);
  }

  // ---- Arrival

  /** Makes a copy with its sequence number. It is not in the store before `add`, which waits until the copy is durable. */
  newCopy(encoding: Encoding, enqueuedAt: number, enqueueSequence = 0): StoredMessage {
    const sequence = this.nextSequence;
    this.nextSequence += 1;
    const message = new StoredMessage(this, sequence, enqueueSequence || sequence, encoding, enqueuedAt);
    message.ttlMs = this.#ttlOf(encoding.content);
    encoding.copies += 1;
    return message;
  }

  /** @param content for whoever has it at hand already. */
  add(message: StoredMessage, content = message.content): void {
    this.messages.set(message.sequence, message);
    this.#counts[message.state] += 1;
    this.bytes += message.encoding.size;
    if (this.options.requiresSession) message.session = this.sessions.open(content.sessionId ?? '');
    if (message.session) message.session.messageCount += 1;
    if (message.state === messageState.scheduled) this.#schedule(message, content.scheduledAt);
    else if (message.state === messageState.active) this.#makeReady(message);
  }

  /** Puts back what the log remembered, before any client is connected. */
  restore({ encoding, sequence, enqueueSequence, enqueuedAt, deliveryCount, state }: RecoveredMessage): void {
    const message = new StoredMessage(this, sequence, enqueueSequence, encoding, enqueuedAt);
    message.deliveryCount = deliveryCount;
    message.state = state === messageState.deferred || state === messageState.scheduled ? state : messageState.active;
    // There may be a million: none is kept in memory for having been looked at.
    const content = encoding.glimpse();
    message.ttlMs = this.#ttlOf(content);
    encoding.copies += 1;
    if (encoding.copies === 1 && encoding.segment) {
      encoding.segment.liveContents += 1;
      encoding.segment.liveBytes += encoding.size;
    }
    this.add(message, content);
  }

  #ttlOf(content: Content): number {
    const { defaultTtlMs, isDeadLetterQueue } = this.options;
    if (isDeadLetterQueue) return -1;
    if (content.ttlMs < 0) return defaultTtlMs;
    return defaultTtlMs < 0 ? content.ttlMs : Math.min(content.ttlMs, defaultTtlMs);
  }

  #schedule(message: StoredMessage, at: number): void {
    message.timer ??= new MessageTimer(message);
    this.#context.timers.schedule(message.timer, at);
  }

  #makeReady(message: StoredMessage): void {
    const { session } = message;
    if (message.ttlMs >= 0) this.#schedule(message, message.expiresAt);
    if (!session) {
      this.#ready.push(message);
    } else {
      session.ready.push(message);
      if (session.owner) this.#touchedSessions.add(session);
      else this.sessions.offer(session);
    }
    this.#context.touched(this);
  }

  // ---- Delivery

  addConsumer(consumer: Consumer): void {
    this.#consumers.add(consumer);
  }

  /** Locks outlive the link that took them (specification §7.2): its messages stay locked until they expire or are settled by token. */
  removeConsumer(consumer: Consumer): void {
    this.#consumers.remove(consumer);
  }

  /** Hands out what is ready to whoever has credit, the consumers taking turns, and free sessions to whoever waits for one. */
  pump(): void {
    const now = Date.now();
    if (this.options.requiresSession) {
      for (const session of this.#touchedSessions) this.pumpSession(session, now);
      this.#touchedSessions.clear();
      this.sessions.serveWaiters(now);
      return;
    }
    for (let consumer = this.#consumers.next(); consumer; consumer = this.#consumers.next()) {
      const message = this.#nextReady();
      if (!message) return;
      if (message.expiresAt <= now) this.#expire(message);
      else this.#hand(message, consumer, now);
    }
  }

  pumpSession(session: MessageSession, now = Date.now()): void {
    const { owner } = session;
    if (!owner) return;
    while (owner.capacity > 0) {
      const message = session.ready.shift();
      if (!message) return;
      if (message.expiresAt <= now) this.#expire(message);
      else this.#hand(message, owner, now);
    }
  }

  #hand(message: StoredMessage, consumer: Consumer, now: number): void {
    if (consumer.deletesOnReceive) {
      // At most once: the message must not come back, so it leaves only when its deletion is on disk.
      this.#remove(message);
      consumer.reserve();
      this.#context.log.afterDurable(() => consumer.deliver(message));
      return;
    }
    this.#locks.lock(message, consumer, now + this.options.lockMs);
    consumer.deliver(message);
  }

  lockedBy(lockId: number): StoredMessage | undefined {
    return this.#locks.find(lockId);
  }

  /** @returns the new end of the lock. */
  renewLock(message: StoredMessage): number {
    const until = Date.now() + this.options.lockMs;
    this.#locks.renew(message, until);
    return until;
  }

  // ---- Settlement. Each needs the message to be locked and ends the lock. Answers wait for the log.

  complete(message: StoredMessage): void {
    this.#locks.unlock(message);
    this.#remove(message);
  }

  abandon(message: StoredMessage, changes: Changes = noChanges): void {
    this.#locks.unlock(message);
    this.#countDelivery(message, message.state, changes);
  }

  defer(message: StoredMessage, changes: Changes = noChanges): void {
    this.#locks.unlock(message);
    this.#countDelivery(message, messageState.deferred, changes);
  }

  /** @throws Refusal in a dead-letter queue; the message becomes available again, its count unchanged. */
  deadLetter(message: StoredMessage, changes: Changes): void {
    this.#locks.unlock(message);
    if (!this.deadLetterQueue) {
      this.#makeReady(message);
      throw new Refusal(condition.notAllowed, `A message of '${this.path}' cannot be dead-lettered again.`);
    }
    this.#moveToDeadLetterQueue(message, changes);
  }

  /** The lock ends without an outcome and without counting: its session was released. */
  release(message: StoredMessage): void {
    this.#locks.unlock(message);
    if (message.state === messageState.active) this.#makeReady(message);
  }

  #countDelivery(message: StoredMessage, state: StoredMessage['state'], changes: Changes): void {
    this.#counts[message.state] -= 1;
    this.#counts[state] += 1;
    message.state = state;
    if (!this.options.isDeadLetterQueue) {
      message.deliveryCount += 1;
      // Deferring counts too, up to the last time (https://github.com/Azure/azure-service-bus/issues/375).
      if (message.deliveryCount >= this.options.maxDeliveryCount) {
        this.#moveToDeadLetterQueue(message, new Map([...changes, ...exhausted(this.options.maxDeliveryCount)]));
        return;
      }
    }
    if (changes.size > 0) this.#rewrite(message, changes);
    else writeCount(this.#context.log, this.id, message.sequence, message.deliveryCount, state);
    if (state === messageState.active) this.#makeReady(message);
  }

  #rewrite(message: StoredMessage, changes: Changes): void {
    const { log } = this.#context;
    log.released(message.encoding);
    const encoding = Encoding.of(parseContent(withApplicationProperties(message.content, changes)));
    encoding.copies = 1;
    this.bytes += encoding.size - message.encoding.size;
    message.encoding = encoding;
    log.put(encoding, [message]);
  }

  #moveToDeadLetterQueue(message: StoredMessage, changes: Changes): void {
    const { deadLetterQueue } = this;
    const { log } = this.#context;
    this.#remove(message);
    if (!deadLetterQueue) return;
    const content = parseContent(withApplicationProperties(message.content, changes));
    const { forwardDeadLettersTo } = this.options;
    if (forwardDeadLettersTo !== undefined && this.#context.forwardDeadLetter(content, message, forwardDeadLettersTo)) return;
    const moved = deadLetterOf(message, deadLetterQueue, content);
    log.put(moved.encoding, [moved]);
    log.afterDurable(() => deadLetterQueue.add(moved));
  }

  /** Dead-letters a message on arrival, before it was ever in the store. */
  refuseOnArrival(message: StoredMessage, name: string, description: string): StoredMessage {
    const { deadLetterQueue } = this;
    if (!deadLetterQueue) return message;
    const content = parseContent(withApplicationProperties(message.content, reason(name, description)));
    message.encoding.copies -= 1;
    return deadLetterOf(message, deadLetterQueue, content);
  }

  #remove(message: StoredMessage): void {
    const { log, timers } = this.#context;
    if (message.timer) timers.cancel(message.timer);
    message.isGone = true;
    this.messages.delete(message.sequence);
    this.#counts[message.state] -= 1;
    this.bytes -= message.encoding.size;
    writeSettle(log, this.id, message.sequence);
    log.released(message.encoding);
    const { session } = message;
    if (!session) return;
    session.messageCount -= 1;
    if (session.isIdle) this.sessions.forget(session);
  }

  // ---- Time

  /** A schedule is due or a time to live is over; one that is locked or deferred stays. */
  onDue(message: StoredMessage, now: number): void {
    if (message.isGone) return;
    if (message.state === messageState.scheduled) this.#context.activate(message);
    else if (message.state === messageState.active && !message.lock && message.expiresAt <= now) this.#expire(message);
  }

  onLockExpired(message: StoredMessage): void {
    this.abandon(message);
  }

  #expire(message: StoredMessage): void {
    if (this.options.deadLettersExpired && this.deadLetterQueue) {
      this.#moveToDeadLetterQueue(message, expired());
    } else {
      this.#remove(message);
    }
  }

  /** A scheduled message is cancelled or has become another one. */
  unschedule(message: StoredMessage): void {
    this.#remove(message);
  }

  // ---- Deferred messages and peeking

  /** @throws Refusal unless every one of them is deferred and free (specification §10). */
  receiveDeferred(sequences: readonly number[], deletes: boolean): StoredMessage[] {
    const found = sequences.map((sequence) => {
      const message = this.messages.get(sequence);
      if (message?.state !== messageState.deferred || message.lock) {
        throw new Refusal(condition.messageNotFound, `Failed to lock one or more specified messages: sequence number ${sequence} is not a deferred message of '${this.path}'.`);
      }
      return message;
    });
    const now = Date.now();
    for (const message of found) {
      const { session } = message;
      if (deletes) {
        this.#remove(message);
      } else {
        this.#locks.lock(message, undefined, now + this.options.lockMs, session);
        if (session) session.hasManagementLocks = true;
      }
    }
    return found;
  }

  /** Active, locked, deferred and scheduled messages, in sequence order. */
  peek(from: number, count: number, sessionId: string | undefined): StoredMessage[] {
    return peekAt(this.messages, from, count, sessionId, !this.options.isDeadLetterQueue);
  }

  // ---- Faults

  /** Ends up to so many locks now, of messages or of sessions, as if their time had run out. */
  expireLocks(count: number): void {
    if (this.options.requiresSession) {
      for (const session of [...this.sessions.values()].filter(({ owner }) => owner).slice(0, count)) {
        this.#context.timers.cancel(session);
        this.ownership.expire(session);
      }
    } else {
      for (const message of this.#locks.first(count)) this.abandon(message);
    }
  }

  /** The next message; now and then, when that is asked for, one of another session that stands right behind it. */
  #nextReady(): StoredMessage | undefined {
    const message = this.#ready.shift();
    const { faults } = this.#context;
    if (!message || !faults.isAny) return message;
    const following = this.#ready.peek();
    if (!following || following.sessionId === message.sessionId || !faults.strike('reorder', this.path)) return message;
    this.#ready.shift();
    this.#ready.push(message);
    return following;
  }

  // ---- Administration

  /** Forgets every message and session state. The log is told by the caller, once for all entities. */
  clear(): void {
    for (const message of this.messages.values()) {
      this.#locks.unlock(message);
      if (message.timer) this.#context.timers.cancel(message.timer);
      message.isGone = true;
      this.#context.log.released(message.encoding);
    }
    this.messages.clear();
    this.#counts.fill(0);
    this.bytes = 0;
    this.duplicates.clear();
    this.sessions.forgetMessages();
  }

  /** Deletes active, free messages, the oldest first. @returns how many. */
  deleteMessages(count: number, enqueuedUntil: number, sessionId: string | undefined): number {
    const free = freeMessages(this.messages, count, enqueuedUntil, sessionId);
    for (const message of free) this.#remove(message);
    return free.length;
  }

  /** The entity is removed: its messages go, and its links are told. */
  dissolve(): void {
    for (const consumer of [...this.#consumers, ...[...this.sessions.values()].flatMap(({ owner }) => owner ?? [])]) {
      consumer.detach(condition.notFound, `The messaging entity '${this.path}' could not be found.`);
    }
    for (const message of this.messages.values()) {
      this.#locks.unlock(message);
      this.#remove(message);
    }
    for (const session of this.sessions.values()) if (session.state) writeSessionState(this.#context.log, this.id, session.id, undefined);
    this.sessions.clear();
  }

  counts(): StoreCounts {
    const [active, deferred, scheduled] = this.#counts;
    return { active, deferred, scheduled, locked: this.#locks.size };
  }
}
