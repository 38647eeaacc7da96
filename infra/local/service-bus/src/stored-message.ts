import type { Consumer } from './consumer.ts';
import type { Encoding } from './log/encoding.ts';
import type { MessageSession } from './message-session.ts';
import type { MessageStore } from './message-store.ts';
import { Timed } from './timer-wheel.ts';
import type { Content } from './wire/content.ts';

/** `x-opt-message-state` (specification §6.2). */
export const messageState = { active: 0, deferred: 1, scheduled: 2 } as const;
export type MessageState = (typeof messageState)[keyof typeof messageState];

/**
 * One copy of a message in one entity. What copies share is in `encoding`; this is the small rest. It is its own timer: when it waits
 * the timer is its time to live, when it is locked its lock, when it is scheduled its due time. It never needs two of them at once,
 * because a locked message does not expire.
 */
export class StoredMessage extends Timed {
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
  /** 0 when nobody holds it. */
  lockId = 0;
  lockedUntil = 0;
  /** The link that holds the lock; undefined for locks taken through `$management` or whose link is closed. */
  holder: Consumer | undefined;
  deliveryId = -1;

  constructor(store: MessageStore, sequence: number, enqueueSequence: number, encoding: Encoding, enqueuedAt: number) {
    super();
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

  override onDue(now: number): void {
    this.store.onDue(this, now);
  }
}
