import type { Condition } from './errors.ts';
import type { MessageLock } from './message-locks.ts';
import type { MessageSession } from './message-session.ts';
import type { StoredMessage } from './stored-message.ts';

/** A receiving link, as the entities see it. */
export interface Consumer {
  /** Messages it can take now: link credit, bounded by the AMQP session's window. */
  readonly capacity: number;
  readonly deletesOnReceive: boolean;
  /** The session it owns; undefined on entities without sessions. */
  readonly session: MessageSession | undefined;
  /** Sends the message. A locked one is settled later, by delivery id. */
  deliver(message: StoredMessage): void;
  /** Sets credit aside for a message that goes out after it is durably deleted. */
  reserve(): void;
  /** Forgets the delivery of a lock that has ended. */
  forget(lock: MessageLock): void;
  /** Ends the link from our side. */
  detach(condition: Condition, description: string): void;
}
