import type { Consumer } from './consumer.ts';
import { nextLockId } from './lock-token.ts';
import type { MessageSession } from './message-session.ts';
import { messageState, type StoredMessage } from './stored-message.ts';
import { Timed, type TimerWheel } from './timer-wheel.ts';

/** That somebody holds a message, and until when. It is its own timer. */
export class MessageLock extends Timed {
  readonly id = nextLockId();
  readonly message: StoredMessage;
  /** The link that holds it; undefined for locks taken through `$management` or whose link is closed. */
  holder: Consumer | undefined;
  until: number;
  /** Of the transfer that carried the message to its holder. */
  deliveryId = -1;

  constructor(message: StoredMessage, holder: Consumer | undefined, until: number) {
    super();
    this.message = message;
    this.holder = holder;
    this.until = until;
  }

  override onDue(): void {
    this.message.store.onLockExpired(this.message);
  }
}

/** Who holds which message of one entity, and until when (specification §7). */
export class MessageLocks {
  readonly #timers: TimerWheel;
  readonly #byId = new Map<number, MessageLock>();

  constructor(timers: TimerWheel) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** A lock of a session lives and dies with it; any other has its own time. */
  lock(message: StoredMessage, holder: Consumer | undefined, until: number, session = holder?.session): void {
    const lock = new MessageLock(message, holder, session?.lockedUntil ?? until);
    message.lock = lock;
    this.#byId.set(lock.id, lock);
    if (!session) this.#timers.schedule(lock, until);
  }

  unlock(message: StoredMessage): void {
    const { lock } = message;
    if (!lock) return;
    message.lock = undefined;
    this.#byId.delete(lock.id);
    this.#timers.cancel(lock);
    lock.holder?.forget(lock);
  }

  renew(message: StoredMessage, until: number): void {
    const { lock } = message;
    if (!lock) return;
    lock.until = until;
    this.#timers.schedule(lock, until);
  }

  find(lockId: number): StoredMessage | undefined {
    return this.#byId.get(lockId)?.message;
  }

  /** The oldest locks. */
  first(count: number): StoredMessage[] {
    return [...this.#byId.values()].slice(0, count).map(({ message }) => message);
  }

  heldBy(owner: Consumer): StoredMessage[] {
    return [...this.#byId.values()].filter(({ holder }) => holder === owner).map(({ message }) => message);
  }

  /** Deferred messages taken through `$management` are locked by the session, not by a link. */
  deferredOf(session: MessageSession): StoredMessage[] {
    return [...this.#byId.values()]
      .filter(({ holder, message }) => holder === undefined && message.state === messageState.deferred && message.session === session)
      .map(({ message }) => message);
  }
}
