import type { checkout, Message } from '@checkout/contracts';
import type { Results } from './saga.ts';

/** `forward` does steps, `backward` undoes them; the other two are ends. */
export type Phase = 'forward' | 'backward' | 'completed' | 'cancelled';

/** Where one saga stands, beside the start message that it was made from. */
export interface Instance {
  readonly phase: Phase;
  /** Indices of the steps whose reply is awaited; empty at the end. More than one only after the pivot. */
  readonly awaiting: readonly number[];
  /** How often the awaited steps have been asked, the first time included. */
  readonly attempts: number;
  /** How often they were waited for in vain beside that, while the participant answered nobody. */
  readonly unheard?: number;
  readonly results: Results;
  /** Why it goes, or went, backward. */
  readonly because?: checkout.Reason;
  /** Why a person should look; absent as soon as the silent step answers. */
  readonly needsAttention?: string;
}

/** What happened, for the time line of one saga: nothing decides by it. */
export interface Happening {
  readonly event:
    | 'started' | 'succeeded' | 'refused' | 'asked-again' | 'given-up' | 'needs-attention' | 'compensated' | 'completed' | 'cancelled';
  readonly step?: string;
  readonly detail?: string;
}

/** What one input leads to: stored and sent in one transaction, so it happens whole or not at all. */
export interface Decision {
  readonly instance: Instance;
  readonly messages: readonly Message[];
  readonly happenings: readonly Happening[];
  /** Milliseconds until `timedOut` is due, while a reply is awaited; it replaces an earlier one. */
  readonly wakeAfter?: number;
}

/** No reply came in time, though the participant has answered what others asked later. It says nothing about what the participant did. */
export const timedOut = Symbol('timedOut');
/** No reply came in time, and no later one to anybody: the participant is away as a whole, as far as can be known. It has its work before it. */
export const unheard = Symbol('unheard');
/** As `unheard`, and others ask again on behalf of all: the first request lies before the participant, and one more stands in the way of those that come after. */
export const standsBy = Symbol('standsBy');
/** A person has decided that what may still be undone is undone, the awaited step included: it may have happened. */
export const givenUp = Symbol('givenUp');
/** What a saga makes of no answer. */
export type Silence = typeof timedOut | typeof unheard | typeof standsBy;
export type Input = Message | Silence | typeof givenUp;
