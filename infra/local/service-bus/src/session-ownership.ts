import type { Consumer } from './consumer.ts';
import { condition, Refusal } from './errors.ts';
import { writeSessionState } from './log/records.ts';
import type { MessageLocks } from './message-locks.ts';
import type { MessageSession } from './message-session.ts';
import type { MessageStore } from './message-store.ts';
import type { SessionWaiter } from './session-roster.ts';
import type { StoreContext } from './store-options.ts';
import type { StoredMessage } from './stored-message.ts';

/** Who owns which session of one entity, and until when; the locks of its messages live and die with that (specification §9.2). */
export class SessionOwnership {
  readonly #store: MessageStore;
  readonly #locks: MessageLocks;
  readonly #context: StoreContext;

  constructor(store: MessageStore, locks: MessageLocks, context: StoreContext) {
    this.#store = store;
    this.#locks = locks;
    this.#context = context;
  }

  /** @throws Refusal when another consumer owns it. */
  take(session: MessageSession, owner: Consumer): void {
    if (session.owner) throw new Refusal(condition.sessionCannotBeLocked, `The requested session '${session.id}' cannot be accepted. It may be locked by another receiver.`);
    session.owner = owner;
    this.#store.sessions.claim(session);
    this.renew(session);
  }

  /** @returns the new end of the lock. */
  renew(session: MessageSession): number {
    session.lockedUntil = Date.now() + this.#store.options.lockMs;
    this.#context.timers.schedule(session, session.lockedUntil);
    return session.lockedUntil;
  }

  /** The link closed or its connection went: the session is free at once, its messages return uncounted. */
  release(session: MessageSession, unsettled: readonly StoredMessage[]): void {
    session.owner = undefined;
    this.#context.timers.cancel(session);
    for (const message of unsettled) this.#store.release(message);
    this.#releaseDeferred(session);
    this.#offer(session);
  }

  /** Its time is over: its messages return, each counted as delivered. */
  expire(session: MessageSession): void {
    const { owner } = session;
    if (!owner) return;
    session.owner = undefined;
    for (const message of this.#locks.heldBy(owner)) this.#store.abandon(message);
    this.#releaseDeferred(session);
    owner.detach(condition.sessionLockLost, `The lock of session '${session.id}' has expired.`);
    this.#offer(session);
  }

  setState(session: MessageSession, state: Buffer | undefined): void {
    session.state = state;
    writeSessionState(this.#context.log, this.#store.id, session.id, state);
    if (session.isIdle) this.#store.sessions.forget(session);
  }

  /** First come, first served; served when the store pumps. */
  addWaiter(waiter: SessionWaiter): void {
    this.#store.sessions.addWaiter(waiter);
    this.#context.touched(this.#store);
  }

  #releaseDeferred(session: MessageSession): void {
    if (!session.hasManagementLocks) return;
    session.hasManagementLocks = false;
    for (const message of this.#locks.deferredOf(session)) this.#store.release(message);
  }

  #offer(session: MessageSession): void {
    if (session.isIdle) {
      this.#store.sessions.forget(session);
      return;
    }
    if (!session.ready.peek()) return;
    this.#store.sessions.offer(session);
    this.#context.touched(this.#store);
  }
}
