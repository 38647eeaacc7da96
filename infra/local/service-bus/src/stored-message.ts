import type { Encoding } from './log/encoding.ts';
import type { MessageLock } from './message-locks.ts';
import type { MessageSession } from './message-session.ts';
import type { MessageStore } from './message-store.ts';
import { Timed } from './timer-wheel.ts';
import type { Content } from './wire/content.ts';

/** `x-opt-message-state` (specification §6.2). */
export const messageState = { active: 0, deferred: 1, scheduled: 2 } as const;
export type MessageState = (typeof messageState)[keyof typeof messageState];

/**
 * One copy of a message in one entity. What copies share is in `encoding`; this is the small rest. Millions may wait, so what most of
 * them do not need is an object of its own, there only while it is needed: the lock, the timer.
 */
export class StoredMessage {
  readonly store: MessageStore;
  readonly sequence: number;
  readonly enqueueSequence: number;
  encoding: Encoding;
  /** The session it belongs to, once it is in a store that requires sessions. */
  session: MessageSession | undefined;
  deliveryCount = 0;
  enqueuedAt: number;
  /** Effective time to live, or -1 for ever. */
  ttlMs = -1;
  state: MessageState = messageState.active;
  /** Settled, expired or moved away. Queues drop such messages when they come upon them. */
  isGone = false;
  /** While somebody holds it. */
  lock: MessageLock | undefined;
  /** Of its schedule or of its time to live, whichever it has. */
  timer: MessageTimer | undefined;

  constructor(store: MessageStore, sequence: number, enqueueSequence: number, encoding: Encoding, enqueuedAt: number) {
    this.store = store;
    this.sequence = sequence;
    this.enqueueSequence = enqueueSequence;
    this.encoding = encoding;
    this.enqueuedAt = enqueuedAt;
  }

  /** Its bytes and what was read of them; from the disk when it has waited for long. */
  get content(): Content {
    return this.encoding.content;
  }

  get sessionId(): string | undefined {
    return this.session ? this.session.id : this.content.sessionId;
  }

  get storeId(): number {
    return this.store.id;
  }

  get expiresAt(): number {
    return this.ttlMs < 0 ? Number.POSITIVE_INFINITY : this.enqueuedAt + this.ttlMs;
  }
}

/** Tells a message that its schedule is due, or that its time to live is over. */
export class MessageTimer extends Timed {
  readonly #message: StoredMessage;

  constructor(message: StoredMessage) {
    super();
    this.#message = message;
  }

  override onDue(now: number): void {
    this.#message.store.onDue(this.#message, now);
  }
}
