import type { FailureFacts } from './failure-facts.ts';

/** Where a dead letter lies. The sequence number is the broker's and stays when the message is moved to the dead-letter queue. */
export interface Place {
  readonly topic: string;
  readonly subscription: string;
  readonly sequenceNumber: bigint;
}

export interface DeadLetter extends Place {
  /** `platform` when the message names none, which only operators of the platform see. */
  readonly tenantId: string;
  readonly storeId?: string;
  readonly saleId?: string;
  readonly messageId: string;
  readonly type: string;
  /** The body with card tokens taken out: an index is read by more people than a payment. */
  readonly bodyText: string;
  readonly value?: Value;
  readonly facts: FailureFacts;
  readonly signature: string;
  readonly enqueuedAt: Date;
  readonly deliveryCount: number;
  /** The message that this one was a replay of, and how many replays there have been. */
  readonly replayOf?: string;
  readonly replayCount: number;
}

/** How much money a message speaks of. */
export interface Value {
  readonly currency: string;
  readonly minor: number;
}

/** `waiting` in its queue; `moving` while a plan has it; `replayed`, `discarded`; `gone` when somebody else has taken it. */
export type DeadLetterState = 'waiting' | 'moving' | 'replayed' | 'discarded' | 'gone';

/** Beside all that payment says and is told: what makes the orchestrator ask payment for something. A replay of these needs a second person. */
const moneyTypes: ReadonlySet<string> = new Set(['checkout.checkout-requested.v1', 'inventory.stock-reserved.v1']);

export const mayMoveMoney = (type: string): boolean => moneyTypes.has(type) || type.startsWith('payment.');
