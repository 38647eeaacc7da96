import type { Consumer } from './consumer.ts';
import { nextLockId } from './lock-token.ts';
import type { MessageSession } from './message-session.ts';
import { messageState, type StoredMessage } from './stored-message.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** Who holds which message of one entity, and until when (specification §7). */
export class MessageLocks {
  readonly #timers: TimerWheel;
  readonly #byId = new Map<number, StoredMessage>();

  constructor(timers: TimerWheel) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** A lock of a session lives and dies with it; any other has its own time. */
  lock(message: StoredMessage, holder: Consumer | undefined, until: number, session = holder?.session): void {
    message.lockId = nextLockId();
    message.holder = holder;
    message.lockedUntil = session?.lockedUntil ?? until;
    this.#byId.set(message.lockId, message);
    if (session) this.#timers.cancel(message);
    else this.#timers.schedule(message, until);
  }

  unlock(message: StoredMessage): void {
    this.#byId.delete(message.lockId);
    this.#timers.cancel(message);
    message.holder?.forget(message);
    message.holder = undefined;
    message.lockId = 0;
    message.lockedUntil = 0;
  }

  renew(message: StoredMessage, until: number): void {
    message.lockedUntil = until;
    this.#timers.schedule(message, until);
  }

  find(lockId: number): StoredMessage | undefined {
    return this.#byId.get(lockId);
  }

  /** The oldest locks. */
  first(count: number): StoredMessage[] {
    return [...this.#byId.values()].slice(0, count);
  }

  heldBy(owner: Consumer): StoredMessage[] {
    return [...this.#byId.values()].filter(({ holder }) => holder === owner);
  }

  /** Deferred messages taken through `$management` are locked by the session, not by a link. */
  deferredOf(session: MessageSession): StoredMessage[] {
    return [...this.#byId.values()].filter((message) => message.holder === undefined && message.state === messageState.deferred && message.session === session);
  }
}
