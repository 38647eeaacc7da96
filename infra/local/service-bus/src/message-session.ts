import type { Consumer } from './consumer.ts';
import type { MessageStore } from './message-store.ts';
import { SequenceQueue } from './sequence-queue.ts';
import { Timed } from './timer-wheel.ts';

/**
 * A message session: its messages in order, its state, and its one owner (specification §9). Message locks live and die with the
 * session's lock. It is its own timer: the lock.
 */
export class MessageSession extends Timed {
  readonly store: MessageStore;
  readonly id: string;
  readonly ready = new SequenceQueue();
  /** Opaque to the broker; undefined when there is none. */
  state: Buffer | undefined;
  owner: Consumer | undefined;
  lockedUntil = 0;
  /** Messages of any state that belong to it. */
  messageCount = 0;

  constructor(store: MessageStore, id: string) {
    super();
    this.store = store;
    this.id = id;
  }

  /** Deferred messages were taken through `$management` under this lock. */
  hasManagementLocks = false;

  /** Nothing remembers it and nothing would miss it. */
  get isIdle(): boolean {
    return this.messageCount === 0 && this.state === undefined && this.owner === undefined;
  }

  override onDue(): void {
    this.store.ownership.expire(this);
  }
}
