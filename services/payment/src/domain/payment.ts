import { hours, type SaleId, type StoreId, type TenantId } from '@checkout/kernel';
import { answered as tenderAnswered, type Answer, type Outcome } from './answer.ts';
import { ask, askAgain, giveBack as giveTenderBack, isGivenBack, isOpen, isOverdue, settled, stopped, tryRefusedAgain, type Tender } from './tender.ts';

/**
 * ```
 * authorizing ─> authorized ─> capturing ─> captured        the pivot: nothing leads back from here
 *      │             │             └──────> refused ─┐      nothing was taken, nothing can be
 *      │             └──────────────┐                │
 *      ├─> declining ─> declined    ├─> voiding ─> voided
 *      └────────────────────────────┘
 * ```
 * The -ing states wait for the provider; the others are answers, and are given again to whoever asks again.
 */
export const paymentStates = ['authorizing', 'authorized', 'declining', 'declined', 'capturing', 'captured', 'refused', 'voiding', 'voided'] as const;
export type PaymentState = (typeof paymentStates)[number];

/**
 * Why a person has to look at a payment.
 *
 * - `unresolved`: it is still being asked, and nobody has answered for long.
 * - `authorization-expired`: the capture was asked for until the authorization ran out.
 * - `books-differ`: the provider's ledger is not what ours says.
 */
export const attentions = ['capture-partially-refused', 'provider-contradiction', 'unresolved', 'authorization-expired', 'books-differ'] as const;
export type Attention = (typeof attentions)[number];

/** Card networks let an authorization stand for a week. */
const authorizationLife = hours(7 * 24);

export interface Sale {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
}

/** The money of one sale: the sum of its tenders, and where it stands. */
export interface Payment extends Sale {
  /** Null when the payment was voided before it was ever asked for: a tombstone that bars the late request. */
  readonly currency: string | null;
  readonly totalMinor: number;
  readonly state: PaymentState;
  readonly declineCode: string | null;
  readonly declinedPosition: number | null;
  readonly attention: Attention | null;
  /** One more with every change: two writers of one sale cannot both succeed. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tenders: readonly Tender[];
}

/** What a person has found out about a tender in doubt. */
export type Resolution =
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'done'; readonly providerId?: string | undefined }
  | { readonly kind: 'not-done' };

/** What the till wants to pay with. */
export type WantedTender =
  | { readonly type: 'card'; readonly amountMinor: number; readonly cardToken: string }
  | { readonly type: 'cash'; readonly amountMinor: number; readonly tenderedMinor: number };

/** Begins to hold the money: cash is there already, every card is asked. */
export function authorize(sale: Sale, currency: string, wanted: readonly WantedTender[], now: number): Payment {
  const tenders = wanted.map((tender, index) => intended(tender, index + 1, now));
  const totalMinor = tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return advance({ ...blank(sale, now), currency, totalMinor, state: 'authorizing', tenders }, now);
}

/** Bars an authorization that was overtaken by its own compensation. */
export const tombstone = (sale: Sale, now: number): Payment => blank(sale, now);

/** Takes the money of an authorized payment: cards first, because they may refuse; cash last. */
export const capture = (payment: Payment, now: number): Payment =>
  moved({ ...payment, state: 'capturing', tenders: payment.tenders.map((tender) => (tender.type === 'card' ? ask(tender, 'capture', now) : tender)) }, now);

/** Gives everything back, also what nobody knows whether we have. Not for payments that are being captured. */
export const giveBack = (payment: Payment, now: number): Payment =>
  moved({ ...payment, state: 'voiding', attention: null, tenders: payment.tenders.map((tender) => (mayHoldMoney(tender) ? giveTenderBack(tender, now) : tender)) }, now);

/** The payment after an answer of the provider; the very same object when the answer changes nothing. */
export function answered(payment: Payment, position: number, answer: Answer, now: number): Payment {
  const before = payment.tenders[position - 1];
  if (!before) return payment;
  const after = tenderAnswered(before, answer, now);
  if (after === before) return payment;
  const attention = isContradiction(answer, after) ? 'provider-contradiction' : payment.attention;
  return moved({ ...payment, attention, tenders: payment.tenders.with(position - 1, after) }, now);
}

/** What a person has found out stands for the provider's answer, also where asking had stopped. The very same object when there is nothing to find out. */
export function resolved(payment: Payment, position: number, resolution: Resolution, now: number): Payment {
  const tender = payment.tenders[position - 1];
  if (!tender || !isOpen(tender) || tender.operation === null) return payment;
  if (resolution.kind === 'ask-again') return moved({ ...payment, attention: null, tenders: payment.tenders.with(position - 1, askAgain(tender, now)) }, now);
  // "It has not happened" is true of an authorization only once it can never happen.
  if (resolution.kind === 'not-done' && payment.state === 'authorizing') {
    return moved({ ...payment, state: 'declining', declineCode: 'unresolved', declinedPosition: position, attention: null, tenders: payment.tenders.with(position - 1, giveTenderBack(tender, now)) }, now);
  }
  const outcome: Outcome = resolution.kind === 'done' ? { kind: 'done', providerId: resolution.providerId ?? tender.providerId } : { kind: 'declined', declineCode: 'resolved-by-operator' };
  const { operation, round, attempt } = tender;
  const after = answered({ ...payment, attention: null }, position, { operation, round, attempt, outcome }, now);
  return after.version === payment.version ? payment : after;
}

/** The same payment, and why a person has to look at it; the very same object when that is said already. */
export const flagged = (payment: Payment, attention: Attention, now: number): Payment =>
  payment.attention === attention ? payment : { ...payment, attention, version: payment.version + 1, updatedAt: now };

/** Asks once more about a tender whose answer has not come; the very same object when it has. */
export function askedAgain(payment: Payment, { position, round, attempt }: { readonly position: number; readonly round: number; readonly attempt: number }, now: number): Payment {
  const tender = payment.tenders[position - 1];
  if (!tender || !isOpen(tender) || tender.round !== round || tender.attempt !== attempt) return payment;
  return moved({ ...payment, tenders: payment.tenders.with(position - 1, askAgain(tender, now)) }, now);
}

/** What the customer gets back over the counter. */
export const changeOf = ({ tenders }: Payment): number =>
  tenders.reduce((sum, { type, tenderedMinor, amountMinor }) => (type === 'cash' ? sum + tenderedMinor - amountMinor : sum), 0);

const blank = (sale: Sale, now: number): Payment => ({
  tenantId: sale.tenantId,
  storeId: sale.storeId,
  saleId: sale.saleId,
  currency: null,
  totalMinor: 0,
  state: 'voided',
  declineCode: null,
  declinedPosition: null,
  attention: null,
  version: 1,
  createdAt: now,
  updatedAt: now,
  tenders: [],
});

function intended(wanted: WantedTender, position: number, now: number): Tender {
  const { type, amountMinor } = wanted;
  const intent: Tender = {
    position,
    type,
    amountMinor,
    tenderedMinor: type === 'cash' ? wanted.tenderedMinor : amountMinor,
    cardToken: type === 'card' ? wanted.cardToken : null,
    providerId: null,
    state: 'authorized',
    declineCode: null,
    operation: null,
    round: 0,
    attempt: 0,
    askedAt: null,
    nextAttemptAt: null,
  };
  return type === 'card' ? ask(intent, 'authorize', now) : intent;
}

/** A tender that is being voided already is not voided twice. */
const mayHoldMoney = (tender: Tender): boolean => (isOpen(tender) ? tender.operation !== 'void' : !isGivenBack(tender));

/** A refusal to void contradicts what we know, too: we only void what was never captured. */
const isContradiction = ({ outcome }: Answer, after: Tender): boolean =>
  outcome.kind === 'contradicted' || (outcome.kind === 'declined' && after.state === 'unknown' && after.nextAttemptAt === null);

const moved = (payment: Payment, now: number): Payment => advance({ ...payment, version: payment.version + 1, updatedAt: now }, now);

/** Where the payment stands, given its tenders. States that are answers stay as they are, whatever comes late. */
function advance(payment: Payment, now: number): Payment {
  switch (payment.state) {
    case 'authorizing':
      return authorizing(payment, now);
    case 'declining':
      return declining(payment, now);
    case 'capturing':
      return capturing(payment, now);
    case 'voiding':
      return payment.tenders.every(isGivenBack) ? { ...payment, state: 'voided', attention: null } : shownWhenOverdue(payment);
    default:
      return payment;
  }
}

function authorizing(payment: Payment, now: number): Payment {
  const declined = payment.tenders.find(({ state }) => state === 'declined');
  if (declined) return declining({ ...payment, state: 'declining', declineCode: declined.declineCode, declinedPosition: declined.position }, now);
  const givenUp = payment.tenders.find((tender) => isOverdue(tender) && tender.operation === 'authorize');
  if (givenUp) return declining({ ...payment, state: 'declining', declineCode: 'unresolved', declinedPosition: givenUp.position }, now);
  return payment.tenders.every(({ state }) => state === 'authorized') ? { ...payment, state: 'authorized', attention: null } : payment;
}

/** Answers on their way are waited for; what is held, or in doubt, is given back. */
function declining(payment: Payment, now: number): Payment {
  const isToGoBack = ({ state, operation }: Tender) => state === 'authorized' || (state === 'unknown' && operation === 'authorize');
  const tenders = payment.tenders.map((tender) => (isToGoBack(tender) ? giveTenderBack(tender, now) : tender));
  return tenders.every(isGivenBack) ? { ...payment, tenders, state: 'declined', attention: null } : shownWhenOverdue({ ...payment, tenders });
}

function capturing(payment: Payment, now: number): Payment {
  const cards = payment.tenders.filter(({ type }) => type === 'card');
  if (cards.some(isOpen)) return shownWhenOverdue(untilExpiry(payment, now));
  const refused = cards.find(({ state }) => state === 'refused');
  if (!refused) {
    // Cash is taken last: until every card is captured it may still have to be handed back.
    const tenders = payment.tenders.map((tender) => (tender.type === 'cash' ? settled(tender, 'captured') : tender));
    return { ...payment, tenders, state: 'captured', attention: null };
  }
  if (cards.every(({ state }) => state === 'refused')) {
    return { ...payment, state: 'refused', declineCode: refused.declineCode, declinedPosition: refused.position, attention: null };
  }
  const isExpired = now - payment.createdAt > authorizationLife;
  const tenders = payment.tenders.map((tender) => (tender.state === 'refused' ? (isExpired ? stopped(tender) : tryRefusedAgain(tender, now)) : tender));
  return { ...payment, tenders, attention: isExpired ? 'authorization-expired' : 'capture-partially-refused' };
}

/** Past the pivot it is asked for as long as there is something to capture, and then a person decides. */
function untilExpiry(payment: Payment, now: number): Payment {
  const isDue = ({ state, operation, nextAttemptAt }: Tender) => state === 'unknown' && operation === 'capture' && nextAttemptAt !== null;
  if (now - payment.createdAt <= authorizationLife || !payment.tenders.some(isDue)) return payment;
  return { ...payment, attention: 'authorization-expired', tenders: payment.tenders.map((tender) => (isDue(tender) ? stopped(tender) : tender)) };
}

/** Goes on being asked for; but from here on a person sees it. */
const shownWhenOverdue = (payment: Payment): Payment => (payment.attention === null && payment.tenders.some(isOverdue) ? { ...payment, attention: 'unresolved' } : payment);
