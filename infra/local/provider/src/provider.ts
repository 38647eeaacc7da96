import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { behaviourOf } from './cards.ts';
import { Journal } from './journal.ts';
import { Ledger, type LedgerEntry, type Movement } from './ledger.ts';

export interface Authorization {
  readonly id: string;
  readonly status: 'authorized' | 'declined' | 'captured' | 'voided';
  readonly declineCode?: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reference: string;
  /** Which of a platform's merchants it is for; the caller's word, repeated in webhooks and in the ledger. */
  readonly merchantAccount?: string;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

/** Money that went back, or did not, under a reference of its own. */
export interface Refund {
  readonly id: string;
  readonly status: 'refunded' | 'declined';
  readonly declineCode?: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reference: string;
  readonly authorizationId: string;
  readonly authorizationReference: string;
  readonly merchantAccount?: string;
}

export interface RefundRequest {
  readonly reference: string;
  readonly amountMinor: number;
}

/** Something that a webhook may tell of. */
export type News = { readonly type: string; readonly data: Authorization | Refund };

/** What a call answers. The body is kept as text, because a repeat gets the same bytes. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface AuthorizationRequest {
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly cardToken: string;
  readonly merchantAccount?: string;
}

/** Everything that happened under one reference, and what it adds up to. */
export interface ReferenceView {
  readonly reference: string;
  readonly fenced: boolean;
  readonly authorizations: readonly Authorization[];
  readonly authorizedMinor: number;
  readonly voidedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** How many authorizations hold or held money that was not let go: more than one is a double charge in the making. */
  readonly alive: number;
}

interface Kept {
  /** What was asked under the key, to tell a repeat from another request. */
  readonly asked: string;
  readonly answer: Answer;
}

type Stored = Authorization & { readonly cardToken: string };

/** One line of the journal: everything that one call changed. */
interface Change {
  readonly authorization?: Stored;
  readonly refund?: Refund;
  readonly ledger?: LedgerEntry;
  readonly fence?: string;
  /** The idempotency key, and what was asked under it. Its answer is the authorization as this change left it. */
  readonly key?: string;
  readonly asked?: string;
  /** An answer other than the authorization, kept under the key. */
  readonly answer?: Answer;
}

export const refusal = (status: number, code: string, message: string): Answer => ({ status, body: JSON.stringify({ error: { code, message } }) });

const answerWith = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });

/**
 * The simulated payment provider without its wire: authorisations, their ledger, and the answers kept per idempotency key.
 *
 * Every call decides at once and in memory; {@link flushed} says when the decision is on the disk and may be told.
 */
export class Provider {
  readonly #authorizations = new Map<string, Stored>();
  readonly #byReference = new Map<string, string[]>();
  readonly #refunds = new Map<string, Refund[]>();
  readonly #fenced = new Set<string>();
  readonly #kept = new Map<string, Kept>();
  readonly #journal: Journal<Change>;
  #changed: News[] = [];
  readonly ledger = new Ledger();

  /** `gatherMs`: how long a decision may wait for others before they go to the disk together. */
  constructor(directory: string, gatherMs: number) {
    this.#journal = Journal.open<Change>(join(directory, 'provider.journal'), gatherMs, (change) => this.#apply(change));
  }

  flushed(): Promise<void> {
    return this.#journal.flushed();
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  /** The stored answer of a key; a refusal when it was used for something else; undefined when it is new. */
  kept(key: string, asked: string): { readonly answer: Answer; readonly isReplay: boolean } | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    if (kept.asked !== asked) return { answer: refusal(409, 'idempotency_key_reused', 'This key was used for another request.'), isReplay: false };
    return { answer: kept.answer, isReplay: true };
  }

  /** Gives a key an answer of its own, which every repeat gets; whatever was done stays done. */
  keep(key: string, asked: string, answer: Answer): void {
    this.#record({ key, asked, answer });
  }

  /** What changed since this was last asked. */
  takeChanged(): readonly News[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  authorize({ reference, amountMinor, currency, cardToken, merchantAccount }: AuthorizationRequest, key: string, asked: string): Answer {
    const { declineCode: cardDecline, answersTwice } = behaviourOf(cardToken);
    const declineCode = this.#fenced.has(reference) ? 'reference_fenced' : cardDecline;
    const status = declineCode === undefined ? 'authorized' : 'declined';
    const authorization: Stored = {
      id: `auth_${randomUUID()}`, status, ...(declineCode !== undefined && { declineCode }), amountMinor, currency, reference,
      ...(merchantAccount !== undefined && { merchantAccount }), capturedMinor: 0, refundedMinor: 0, cardToken,
    };
    const answer = this.#commit(authorization, status, amountMinor, { key, asked });
    if (answersTwice === true) this.#record({ ledger: this.#entry(authorization, 'answered_twice', 0) });
    return answer;
  }

  capture(id: string, amountMinor: number, kept: Pick<Change, 'key' | 'asked'>): Answer {
    const authorization = this.#authorizations.get(id);
    if (!authorization) return unknown();
    if (authorization.status === 'captured' && authorization.capturedMinor === amountMinor) return answerWith(shown(authorization));
    if (authorization.status !== 'authorized') return refusal(409, 'not_authorized', `The authorization is ${authorization.status}.`);
    if (amountMinor > authorization.amountMinor) return refusal(422, 'amount_too_large', 'More than was authorized.');
    const { captureDeclineCode } = behaviourOf(authorization.cardToken);
    if (captureDeclineCode !== undefined) return this.#commit({ ...authorization, status: 'declined', declineCode: captureDeclineCode }, 'capture_declined', 0, kept);
    return this.#commit({ ...authorization, status: 'captured', capturedMinor: amountMinor }, 'captured', amountMinor, kept);
  }

  void(id: string, kept: Pick<Change, 'key' | 'asked'>): Answer {
    const authorization = this.#authorizations.get(id);
    if (!authorization) return unknown();
    if (authorization.status === 'voided' || authorization.status === 'declined') return answerWith(shown(authorization));
    if (authorization.status === 'captured') return refusal(409, 'already_captured', 'Money has moved. Refund it.');
    return this.#commit({ ...authorization, status: 'voided' }, 'voided', authorization.amountMinor, kept);
  }

  /** Gives captured money back. Only its key makes a repeat the same refund: the reference is the caller's word, as with most providers. */
  refund(id: string, { reference, amountMinor }: RefundRequest, key: string, asked: string): Answer {
    const authorization = this.#authorizations.get(id);
    if (!authorization) return unknown();
    if (authorization.status !== 'captured') return refusal(409, 'not_captured', `The authorization is ${authorization.status}.`);
    const refundedMinor = authorization.refundedMinor + amountMinor;
    if (refundedMinor > authorization.capturedMinor) return refusal(422, 'amount_too_large', 'More than is left of what was captured.');
    const { refundDeclineCode: declineCode } = behaviourOf(authorization.cardToken);
    const status = declineCode === undefined ? 'refunded' : 'declined';
    const { currency, reference: authorizationReference, merchantAccount } = authorization;
    const refund: Refund = {
      id: `ref_${randomUUID()}`, status, ...(declineCode !== undefined && { declineCode }), amountMinor, currency, reference,
      authorizationId: id, authorizationReference, ...(merchantAccount !== undefined && { merchantAccount }),
    };
    const answer = answerWith(refund);
    const ledger = this.#entry({ ...authorization, reference }, status === 'refunded' ? 'refunded' : 'refund_declined', status === 'refunded' ? amountMinor : 0, authorizationReference);
    this.#record({ ...(status === 'refunded' && { authorization: { ...authorization, refundedMinor } }), refund, ledger, key, asked, answer });
    return answer;
  }

  refundsBy(reference: string): Answer {
    return answerWith({ reference, refunds: this.#refunds.get(reference) ?? [] });
  }

  /** The reference of the authorization that a refund gave back from; empty when there is no such refund. */
  authorizationOfRefund(reference: string): string {
    return this.#refunds.get(reference)?.[0]?.authorizationReference ?? '';
  }

  /** Voids what a reference authorised and refuses what it may still ask for, so that a late authorisation cannot appear after the sale was given up. */
  voidByReference(reference: string): Answer {
    const found = this.#of(reference);
    if (found.some(({ status }) => status === 'captured')) return refusal(409, 'already_captured', 'Money has moved. Refund it.');
    if (!this.#fenced.has(reference)) this.#record({ fence: reference });
    for (const { id } of found) this.void(id, {});
    return answerWith({ reference, fenced: true, authorizations: this.#of(reference).map(shown) });
  }

  byReference(reference: string): Answer {
    return answerWith({ reference, fenced: this.#fenced.has(reference), authorizations: this.#of(reference).map(shown) });
  }

  /** References in the order in which they were first heard of, `after` so many, at most `limit`. */
  references(after: number, limit: number): { readonly count: number; readonly references: readonly ReferenceView[] } {
    const names = [...this.#byReference.keys()].slice(after, after + limit);
    return { count: this.#byReference.size, references: names.map((name) => this.#viewOf(name)) };
  }

  /** The reference that an authorization was asked for under; empty when there is none. */
  referenceOf(id: string): string {
    return this.#authorizations.get(id)?.reference ?? '';
  }

  get(id: string): Answer {
    const authorization = this.#authorizations.get(id);
    return authorization ? answerWith(shown(authorization)) : unknown();
  }

  #viewOf(reference: string): ReferenceView {
    const authorizations = this.#of(reference).map(shown);
    const sum = (amountOf: (each: Authorization) => number): number => authorizations.reduce((total, each) => total + amountOf(each), 0);
    // A declined capture ends an authorization without a void; it was one all the same.
    const wasAuthorized = ({ status, declineCode }: Authorization): boolean => status !== 'declined' || declineCode === 'capture_declined';
    return {
      reference,
      fenced: this.#fenced.has(reference),
      authorizations,
      authorizedMinor: sum((each) => (wasAuthorized(each) ? each.amountMinor : 0)),
      voidedMinor: sum(({ status, amountMinor }) => (status === 'voided' ? amountMinor : 0)),
      capturedMinor: sum(({ capturedMinor }) => capturedMinor),
      refundedMinor: sum(({ refundedMinor }) => refundedMinor),
      alive: authorizations.filter(({ status }) => status === 'authorized' || status === 'captured').length,
    };
  }

  #of(reference: string): Stored[] {
    return (this.#byReference.get(reference) ?? []).flatMap((id) => this.#authorizations.get(id) ?? []);
  }

  #commit(authorization: Stored, movement: Movement, amountMinor: number, kept: Pick<Change, 'key' | 'asked'>): Answer {
    this.#record({ authorization, ledger: this.#entry(authorization, movement, amountMinor), ...kept });
    return answerWith(shown(authorization));
  }

  /** A refund's entry is told by the authorization's reference, as every movement of it, and names its own besides. */
  #entry({ id, reference, merchantAccount, currency }: Stored, movement: Movement, amountMinor: number, of?: string): LedgerEntry {
    return {
      sequence: this.ledger.nextSequence, at: new Date().toISOString(), movement, authorizationId: id, reference: of ?? reference, ...(of !== undefined && { refundReference: reference }),
      ...(merchantAccount !== undefined && { merchantAccount }), amountMinor, currency,
    };
  }

  #record(change: Change): void {
    this.#journal.append(change);
    this.#apply(change);
    if (change.refund) this.#changed.push({ type: `refund.${change.refund.status}`, data: change.refund });
    else if (change.authorization) this.#changed.push({ type: `authorization.${change.authorization.status}`, data: shown(change.authorization) });
  }

  #apply({ authorization, refund, ledger, fence, key, asked, answer }: Change): void {
    if (refund) this.#refunds.set(refund.reference, [...(this.#refunds.get(refund.reference) ?? []), refund]);
    if (authorization) {
      if (!this.#authorizations.has(authorization.id)) this.#byReference.set(authorization.reference, [...(this.#byReference.get(authorization.reference) ?? []), authorization.id]);
      this.#authorizations.set(authorization.id, authorization);
      if (key !== undefined && asked !== undefined) this.#kept.set(key, { asked, answer: answerWith(shown(authorization)) });
    }
    if (key !== undefined && asked !== undefined && answer) this.#kept.set(key, { asked, answer });
    if (ledger) this.ledger.add(ledger);
    if (fence !== undefined) this.#fenced.add(fence);
  }
}

const unknown = (): Answer => refusal(404, 'not_found', 'There is no such authorization.');

/** Without the card token: it is not the caller's business any more. */
const shown = ({ cardToken: _token, ...authorization }: Stored): Authorization => authorization;
