import type { RefundId } from '@checkout/kernel';
import type { Outcome } from './answer.ts';
import type { Attention, Payment, Resolution, Sale } from './payment.ts';
import { answerWithin, askAgain, inDoubt, isOpen, isOverdue, notAsked, stopped } from './tender.ts';

/**
 * ```
 * refunding ─> refunded     every part is back on its card, or is to be handed over in cash
 *      └─────> declined     nothing went back, and nothing will
 * ```
 */
export const refundStates = ['refunding', 'refunded', 'declined'] as const;
export type RefundState = (typeof refundStates)[number];

/**
 * - `waiting`: cash, which is not handed over before every card has its part.
 * - `pending`, `unknown`: the provider is asked, as about a tender.
 * - `in-cash`: the card did not take it although another did, so it is handed over.
 */
export const partStates = ['waiting', 'pending', 'unknown', 'refunded', 'declined', 'in-cash'] as const;
export type PartState = (typeof partStates)[number];

/** How much of one tender goes back, and by which way. */
export interface WantedPart {
  readonly position: number;
  readonly via: 'card' | 'cash';
  readonly amountMinor: number;
}

export interface Part extends WantedPart {
  readonly state: PartState;
  readonly declineCode: string | null;
  readonly attempt: number;
  readonly askedAt: number | null;
  /** When to ask again, should no answer have come. Null when there is nothing to ask, or when only a person can tell what to ask. */
  readonly nextAttemptAt: number | null;
}

/** Money of one sale on its way back. It is written under its payment's version, so that two refunds of one sale never see the same money left. */
export interface Refund extends Sale {
  readonly refundId: RefundId;
  readonly currency: string;
  readonly totalMinor: number;
  readonly state: RefundState;
  readonly declineCode: string | null;
  readonly declinedPosition: number | null;
  readonly attention: Attention | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly parts: readonly Part[];
}

export interface OfRefund extends Sale {
  readonly refundId: RefundId;
}

/**
 * Begins to give money back, or declines at once when a tender has not that much left: what was captured less what went back already, refunds under way included.
 *
 * @param others every other refund of the sale
 */
export function beginRefund(of: OfRefund, currency: string, wanted: readonly WantedPart[], payment: Payment | undefined, others: readonly Refund[], now: number): Refund {
  const { tenantId, storeId, saleId, refundId } = of;
  const refund: Refund = {
    tenantId, storeId, saleId, refundId, currency,
    totalMinor: wanted.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    state: 'refunding', declineCode: null, declinedPosition: null, attention: null, createdAt: now, updatedAt: now,
    parts: wanted.map((part) => intended(part, now)),
  };
  const refusal = refusalOf(wanted, currency, payment, others);
  if (!refusal) return advance(refund);
  const parts = refund.parts.map((part) => settled(part, 'declined', { declineCode: refusal.code }));
  return { ...refund, parts, state: 'declined', declineCode: refusal.code, declinedPosition: refusal.position };
}

/** The refund after an answer of the provider; the very same object when the answer changes nothing: it came twice, or too late to matter. */
export function refundAnswered(refund: Refund, position: number, attempt: number, outcome: Outcome, now: number): Refund {
  const before = refund.parts.find((part) => part.position === position);
  if (!before || !isOpen(before)) return refund;
  const after = heard(before, attempt, outcome, now);
  if (after === before) return refund;
  return moved(refund, after, outcome.kind === 'contradicted' ? 'provider-contradiction' : refund.attention, now);
}

/** Asks once more about a part whose answer has not come; the very same object when it has. */
export function refundAskedAgain(refund: Refund, position: number, attempt: number, now: number): Refund {
  const part = refund.parts.find((each) => each.position === position);
  return part && isOpen(part) && part.attempt === attempt ? moved(refund, askAgain(part, now), refund.attention, now) : refund;
}

/** What a person has found out stands for the provider's answer, also where asking had stopped. The very same object when there is nothing to find out. */
export function refundResolved(refund: Refund, position: number, { kind }: Resolution, now: number): Refund {
  const part = refund.parts.find((each) => each.position === position);
  if (!part || !isOpen(part)) return refund;
  if (kind === 'ask-again') return moved(refund, askAgain(part, now), null, now);
  return moved(refund, kind === 'done' ? settled(part, 'refunded') : settled(part, 'declined', { declineCode: 'resolved-by-operator' }), null, now);
}

/** How the money went back, for whoever writes it down and hands over the cash. */
export const partsDone = ({ parts }: Refund): WantedPart[] =>
  parts.map(({ position, via, amountMinor, state }) => ({ position, via: state === 'in-cash' ? 'cash' : via, amountMinor }));

/** What a refund takes of a tender, whether it is done or still on its way. */
export const takenOf = (refunds: readonly Refund[], position: number): number =>
  refunds.filter(({ state }) => state !== 'declined').flatMap(({ parts }) => parts).reduce((sum, part) => (part.position === position ? sum + part.amountMinor : sum), 0);

function refusalOf(wanted: readonly WantedPart[], currency: string, payment: Payment | undefined, others: readonly Refund[]): { readonly code: string; readonly position: number } | undefined {
  const [first] = wanted;
  if (payment?.state !== 'captured') return { code: 'not-captured', position: first?.position ?? 1 };
  if (payment.currency !== currency) return { code: 'other-currency', position: first?.position ?? 1 };
  for (const { position, via, amountMinor } of wanted) {
    const tender = payment.tenders[position - 1];
    if (!tender || (via === 'card' && tender.providerId === null)) return { code: 'no-such-tender', position };
    if (takenOf(others, position) + amountMinor > tender.amountMinor) return { code: 'exceeds-captured', position };
  }
  return undefined;
}

const intended = (wanted: WantedPart, now: number): Part =>
  wanted.via === 'cash'
    ? { ...wanted, state: 'waiting', declineCode: null, attempt: 0, askedAt: null, nextAttemptAt: null }
    : { ...wanted, state: 'pending', declineCode: null, attempt: 1, askedAt: now, nextAttemptAt: now + answerWithin };

function heard(part: Part, attempt: number, outcome: Outcome, now: number): Part {
  switch (outcome.kind) {
    case 'done':
      return settled(part, 'refunded');
    case 'declined':
      return settled(part, 'declined', { declineCode: outcome.declineCode });
    case 'unknown':
      // An earlier attempt that timed out says nothing about the one that is under way now.
      return attempt < part.attempt ? part : inDoubt(part, now, outcome.retryAfterMs);
    case 'not-asked':
      return attempt < part.attempt ? part : notAsked(part, now, outcome.retryAfterMs);
    case 'contradicted':
      return stopped(part);
  }
}

const settled = (part: Part, state: PartState, rest: Partial<Pick<Part, 'declineCode'>> = {}): Part => ({ ...part, ...rest, state, nextAttemptAt: null });

const moved = (refund: Refund, part: Part, attention: Attention | null, now: number): Refund =>
  advance({ ...refund, attention, updatedAt: now, parts: refund.parts.map((each) => (each.position === part.position ? part : each)) });

/** Where the refund stands, given its parts. Once one card has its part there is no way back: what another does not take is handed over. */
function advance(refund: Refund): Refund {
  if (refund.state !== 'refunding') return refund;
  if (refund.parts.some(isOpen)) return refund.attention === null && refund.parts.some(isOverdue) ? { ...refund, attention: 'unresolved' } : refund;
  const declined = refund.parts.find(({ state }) => state === 'declined');
  if (declined && !refund.parts.some(({ state }) => state === 'refunded')) {
    return { ...refund, state: 'declined', declineCode: declined.declineCode, declinedPosition: declined.position, attention: null, parts: refund.parts.map((part) => settled(part, 'declined')) };
  }
  return { ...refund, state: 'refunded', attention: null, parts: refund.parts.map((part) => (part.state === 'declined' ? settled(part, 'in-cash') : settled(part, 'refunded'))) };
}
