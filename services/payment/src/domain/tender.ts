import { seconds } from '@checkout/kernel';

/** What the provider can be asked about one tender. */
export type Operation = 'authorize' | 'capture' | 'void';

/**
 * - `pending`: the intent is stored and the question is on its way.
 * - `unknown`: asked, and nobody knows what the provider did. Never taken for a failure; asked again until there is an answer.
 * - `refused`: the provider will not capture what it authorized.
 *
 * The others say what happened to the money.
 */
export const tenderStates = ['pending', 'unknown', 'authorized', 'declined', 'captured', 'refused', 'voided'] as const;
export type TenderState = (typeof tenderStates)[number];

/** One means of payment within a sale. Only cards ask the provider; cash is a rule of ours. */
export interface Tender {
  /** Counted from 1 in the order the till sent them. */
  readonly position: number;
  readonly type: 'card' | 'cash';
  readonly amountMinor: number;
  /** What the customer handed over; equals the amount for cards. */
  readonly tenderedMinor: number;
  /** Kept only while the authorization may have to be asked for again. */
  readonly cardToken: string | null;
  /** The provider's name for the authorization: set from the moment we know that money is held. */
  readonly providerId: string | null;
  readonly state: TenderState;
  readonly declineCode: string | null;
  /** What the provider was last asked. Null for cash. */
  readonly operation: Operation | null;
  /** Each round asks under a key of its own; only a definite answer ends one. */
  readonly round: number;
  /** How often it was asked in this round, always under the same key. */
  readonly attempt: number;
  /** When the round began: a provider forgets keys after a day. */
  readonly askedAt: number | null;
  /** When to ask again, should no answer have come. Null when there is nothing to ask, or when only a person can tell what to ask. */
  readonly nextAttemptAt: number | null;
}

/** Whatever the provider is asked about until it answers: a tender, or a part of a refund. */
export interface Asked {
  readonly state: string;
  readonly attempt: number;
  readonly nextAttemptAt: number | null;
}

/** Longer than the gateway waits, its queue included: only an intent whose caller died is ever due while `pending`. */
export const answerWithin = seconds(20);
/** The wait before each further attempt; the last one repeats. */
const waits = [1, 2, 5, 10, 30, 60].map(seconds);
/** A provider may ask for patience, but not for more than a till's operator has. */
const longestWait = seconds(300);
/** How soon a provider that cannot be reached is tried again; while its breaker is open that costs no call. */
const unreachableWait = seconds(10);
/** How long until a refused leg of a sale that is captured in part is tried again. */
const refusedWait = seconds(60);

export const isOpen = ({ state }: Pick<Asked, 'state'>): boolean => state === 'pending' || state === 'unknown';
export const isGivenBack = ({ state }: Tender): boolean => state === 'declined' || state === 'voided';
/** Whether money is, or was, set aside as far as we know. */
export const isHeld = ({ type, providerId }: Tender): boolean => type === 'cash' || providerId !== null;

/** Stores what the provider is to be asked once this is committed. */
export const ask = (tender: Tender, operation: Operation, now: number): Tender => ({
  ...tender,
  operation,
  state: 'pending',
  round: tender.operation === operation ? tender.round + 1 : 1,
  attempt: 1,
  askedAt: now,
  nextAttemptAt: now + answerWithin,
  cardToken: operation === 'authorize' ? tender.cardToken : null,
});

/** The same question once more, under the same key. What was unknown stays so until it is answered. */
export const askAgain = <T extends Asked>(asked: T, now: number): T => ({ ...asked, attempt: asked.attempt + 1, nextAttemptAt: now + answerWithin });

/** No answer that means anything. */
export const inDoubt = <T extends Asked>(asked: T, now: number, retryAfterMs = 0): T & { readonly state: 'unknown' } => ({
  ...asked,
  state: 'unknown',
  nextAttemptAt: now + Math.max(waits[Math.min(asked.attempt, waits.length) - 1] ?? 0, Math.min(retryAfterMs, longestWait)),
});

/** The question has not reached the provider: what was known before still holds, and this attempt does not count. */
export const notAsked = <T extends Asked>(asked: T, now: number, retryAfterMs = unreachableWait): T => ({
  ...asked,
  attempt: asked.attempt - 1,
  nextAttemptAt: now + Math.min(Math.max(retryAfterMs, seconds(1)), longestWait),
});

/**
 * Asked so often without an answer, which takes about ten minutes, an authorization is given up: the till has long gone on. It is barred by
 * reference, and only when the provider has confirmed that is it told as declined. What cannot be given up is shown to a person from here on.
 */
export const patientAttempts = 12;
export const isOverdue = ({ state, attempt }: Asked): boolean => state === 'unknown' && attempt >= patientAttempts;

/** The provider's answer cannot be right, and asking again would not mend it: a person has to look. */
export const stopped = <T extends Asked>(asked: T): T & { readonly state: 'unknown' } => ({ ...asked, state: 'unknown', nextAttemptAt: null });

/** A refused capture that must succeed all the same, because another leg of the sale is taken already: a new round begins, later. */
export const tryRefusedAgain = (tender: Tender, now: number): Tender => ({
  ...tender,
  state: 'unknown',
  round: tender.round + 1,
  attempt: 0,
  askedAt: now,
  nextAttemptAt: now + refusedWait,
});

export const settled = (tender: Tender, state: TenderState, rest: Partial<Pick<Tender, 'providerId' | 'declineCode'>> = {}): Tender => ({
  ...tender,
  ...rest,
  state,
  cardToken: null,
  nextAttemptAt: null,
});

/** Cash goes back over the counter at once; the provider is asked to let go of a card's money. */
export const giveBack = (tender: Tender, now: number): Tender => (tender.type === 'cash' ? settled(tender, 'voided') : ask(tender, 'void', now));
