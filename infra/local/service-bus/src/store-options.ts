import type { Faults } from './fault/faults.ts';
import type { CommitLog } from './log/commit-log.ts';
import type { MessageStore } from './message-store.ts';
import type { StoredMessage } from './stored-message.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { EntityStatus } from './topology.ts';
import type { Content } from './wire/content.ts';

export interface StoreOptions {
  readonly lockMs: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  /** -1 for ever. */
  readonly defaultTtlMs: number;
  readonly deadLettersExpired: boolean;
  /** A dead-letter queue: no sessions, no time to live, no counting, nothing further to dead-letter to. */
  readonly isDeadLetterQueue: boolean;
  /** How long message ids are remembered; 0 when duplicates are not looked for. */
  readonly duplicateWindowMs: number;
  readonly maxBytes: number;
  readonly status: EntityStatus;
  /** Messages do not stay but go on to this queue or topic. */
  readonly forwardTo: string | undefined;
  /** Dead letters go to this queue or topic instead of the dead-letter queue. */
  readonly forwardDeadLettersTo: string | undefined;
}

/** What the stores share. */
export interface StoreContext {
  readonly log: CommitLog;
  readonly timers: TimerWheel;
  readonly faults: Faults;
  /** Remembers to `pump` when the tick's messages have all been added. */
  touched(store: MessageStore): void;
  /** Takes a dead letter elsewhere. @returns false when there is no such place any more. */
  forwardDeadLetter(content: Content, from: StoredMessage, target: string): boolean;
  /** A scheduled message is due. */
  activate(message: StoredMessage): void;
}

/** Application-properties to change, encoded; an empty value removes one. */
export type Changes = ReadonlyMap<string, Buffer>;
