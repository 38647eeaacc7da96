import type { Faults } from './fault/faults.ts';
import { MessageSession } from './message-session.ts';
import type { MessageStore } from './message-store.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** Someone waiting for the next available session. */
export interface SessionWaiter {
  granted(session: MessageSession): void;
}

/** The sessions of one entity: which there are, which are free and have messages, and who waits for one (specification §9). */
export class SessionRoster {
  readonly #store: MessageStore;
  readonly #timers: TimerWheel;
  readonly #faults: Faults;
  readonly #byId = new Map<string, MessageSession>();
  /** Sessions without an owner that have a message, in the order in which they came to be so. */
  readonly #claimable = new Set<MessageSession>();
  readonly #waiters = new Set<SessionWaiter>();

  constructor(store: MessageStore, timers: TimerWheel, faults: Faults) {
    this.#store = store;
    this.#timers = timers;
    this.#faults = faults;
  }

  values(): IterableIterator<MessageSession> {
    return this.#byId.values();
  }

  find(id: string): MessageSession | undefined {
    return this.#byId.get(id);
  }

  /** Makes it when there is none. */
  open(id: string): MessageSession {
    let session = this.#byId.get(id);
    if (!session) {
      session = new MessageSession(this.#store, id);
      this.#byId.set(id, session);
    }
    return session;
  }

  /** A session that nobody owns has a message. */
  offer(session: MessageSession): void {
    this.#claimable.add(session);
  }

  claim(session: MessageSession): void {
    this.#claimable.delete(session);
  }

  forget(session: MessageSession): void {
    this.#timers.cancel(session);
    this.#byId.delete(session.id);
    this.#claimable.delete(session);
  }

  clear(): void {
    this.#byId.clear();
    this.#claimable.clear();
  }

  /** The messages are gone; owners and waiters stay. */
  forgetMessages(): void {
    this.#claimable.clear();
    for (const session of this.#byId.values()) {
      session.messageCount = 0;
      session.state = undefined;
      if (session.isIdle) this.forget(session);
    }
  }

  addWaiter(waiter: SessionWaiter): void {
    this.#waiters.add(waiter);
  }

  removeWaiter(waiter: SessionWaiter): void {
    this.#waiters.delete(waiter);
  }

  /** First come, first served. */
  serveWaiters(now: number): void {
    for (const waiter of this.#waiters) {
      const session = this.#nextClaimable(now);
      if (!session) return;
      this.#waiters.delete(waiter);
      waiter.granted(session);
    }
  }

  #nextClaimable(now: number): MessageSession | undefined {
    for (const session of this.#inTurn()) {
      const first = session.ready.peek();
      if (first && first.expiresAt > now && !session.owner) return session;
      if (!first || session.owner) this.#claimable.delete(session);
    }
    return undefined;
  }

  /** The longest available first; the other way round when that is asked for. */
  #inTurn(): Iterable<MessageSession> {
    const isReversed = this.#faults.isAny && this.#claimable.size > 1 && this.#faults.strike('reorder', this.#store.path);
    return isReversed ? [...this.#claimable].reverse() : this.#claimable;
  }
}
