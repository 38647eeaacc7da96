import { payment as contracts, type Envelope, type Message } from '@checkout/contracts';
import { nameBasedUuid, type RefundId, type SaleId, type StoreId, type TenantId } from '@checkout/kernel';
import { answerOverdue } from './application/answer-overdue.ts';
import { authorizePayment } from './application/authorize-payment.ts';
import { capturePayment } from './application/capture-payment.ts';
import { Payments, type PaymentChange, type PaymentHandler, type RefundAsk, type Report, type TenderAsk, type ResolutionFate, type WebhookFate } from './application/ports.ts';
import { providerAnswered } from './application/provider-answered.ts';
import { refundAnswered } from './application/refund-answered.ts';
import { refundOverdue } from './application/refund-overdue.ts';
import { refundPayment } from './application/refund-payment.ts';
import { voidPayment } from './application/void-payment.ts';
import { booksDiffer } from './application/books-differ.ts';
import { resolvePayment } from './application/resolve-payment.ts';
import { webhookParked, webhookReceived } from './application/webhook-received.ts';
import type { Outcome } from './domain/answer.ts';
import type { Notice, RefundNotice } from './domain/notice.ts';
import type { Refund, WantedPart } from './domain/refund.ts';
import type { Attention, Payment, Resolution, WantedTender } from './domain/payment.ts';
import { SqlPayments } from './store/sql-payments.ts';

/** The shop of the specs. */
export const sale = { tenantId: 'acme' as TenantId, storeId: 'LEEDS-01' as StoreId, saleId: nameBasedUuid('sale') as SaleId };
export const noon = Date.parse('2026-01-05T12:00:00.000Z');

export const card = (amountMinor: number, cardToken = 'tok_visa_1'): WantedTender => ({ type: 'card', amountMinor, cardToken });
export const cash = (amountMinor: number, tenderedMinor = amountMinor): WantedTender => ({ type: 'cash', amountMinor, tenderedMinor });

export const authorizeCommand = (...tenders: WantedTender[]) =>
  contracts.AuthorizePayment({ ...sale, currency: 'GBP', totalMinor: tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0), tenders });
export const captureCommand = contracts.CapturePayment(sale);
export const voidCommand = contracts.VoidPayment(sale);

export const refundIdOf = (name: string): RefundId => nameBasedUuid(name) as RefundId;
export const onCard = (position: number, amountMinor: number): WantedPart => ({ position, via: 'card', amountMinor });
export const inCash = (position: number, amountMinor: number): WantedPart => ({ position, via: 'cash', amountMinor });
export const refundCommand = (name: string, ...parts: WantedPart[]) =>
  contracts.RefundPayment({ ...sale, refundId: refundIdOf(name), currency: 'GBP', totalMinor: parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0), parts });

export const done = (providerId: string | null = 'auth_1'): Outcome => ({ kind: 'done', providerId });
export const declined = (declineCode = 'insufficient_funds'): Outcome => ({ kind: 'declined', declineCode });
export const stalled = (reason: Attention) => contracts.PaymentStalled({ ...sale, reason });
export const silence: Outcome = { kind: 'unknown', why: 'time-out' };
export const contradiction: Outcome = { kind: 'contradicted', why: 'another amount' };

/**
 * One till's sale with a provider that says what it is told to: messages are decided one after the other, each sees what the ones before
 * have changed, and the books are kept as the tables keep them.
 */
export class Shop {
  readonly payments = new Payments();
  readonly messages: Message[] = [];
  /** What the operator's desk was told. */
  readonly alarms: Message[] = [];
  readonly asks: TenderAsk[] = [];
  readonly refundAsks: RefundAsk[] = [];
  readonly reports: Report['happened'][] = [];
  readonly changes: PaymentChange[] = [];
  now = noon;
  readonly #store = new SqlPayments();

  get payment() {
    return this.payments.get(sale);
  }

  get tenderStates() {
    return this.payment?.tenders.map(({ state }) => state);
  }

  /** `2 authorized 300` and so on. @throws Error when money of one kind is booked twice, as the table's key would. */
  get ledger(): string[] {
    const entries = this.changes.flatMap(({ ledger }) => ledger);
    const keys = entries.map(({ position, kind }) => `${position} ${kind}`);
    if (new Set(keys).size < keys.length) throw new Error(`booked twice: ${keys.join(', ')}`);
    return entries.map(({ position, kind, amountMinor }) => `${position} ${kind} ${amountMinor}`);
  }

  authorize(...tenders: WantedTender[]): this {
    return this.#handle(authorizePayment, authorizeCommand(...tenders));
  }

  capture(): this {
    return this.#handle(capturePayment, captureCommand);
  }

  void(): this {
    return this.#handle(voidPayment, voidCommand);
  }

  /** The provider answers the latest question about a tender, or an earlier one. */
  answer(position: number, outcome: Outcome, ask = this.lastAsk(position)): this {
    const { question: { operation }, round, attempt } = ask;
    return this.#handle(providerAnswered, { type: 'payment.provider-answered', body: { ...sale, position, operation, round, attempt, outcome } });
  }

  /** The resolver finds the tender: its answer is overdue. */
  overdue(position: number): this {
    const tender = this.payment?.tenders[position - 1];
    if (!tender) throw new Error(`there is no tender ${position}`);
    return this.#handle(answerOverdue, { type: 'payment.answer-overdue', body: { ...sale, position, round: tender.round, attempt: tender.attempt } });
  }

  lastAsk(position: number): TenderAsk {
    const ask = this.asks.findLast((each) => each.position === position);
    if (!ask) throw new Error(`nothing was asked about tender ${position}`);
    return ask;
  }

  /** Money goes back: under one refund when it is asked for again. */
  refund(name: string, ...parts: WantedPart[]): this {
    return this.#handle(refundPayment, refundCommand(name, ...parts));
  }

  refundOf(name: string): Refund | undefined {
    return this.payments.refundsOf(sale).find(({ refundId }) => refundId === refundIdOf(name));
  }

  /** The provider answers the latest question about a part of a refund. */
  answerRefund(name: string, position: number, outcome: Outcome): this {
    const ask = this.refundAsks.findLast((each) => each.refundId === refundIdOf(name) && each.position === position);
    if (!ask) throw new Error(`nothing was asked about part ${position} of ${name}`);
    return this.#handle(refundAnswered, { type: 'payment.refund-answered', body: { ...sale, refundId: ask.refundId, position, attempt: ask.attempt, outcome } });
  }

  /** The resolver finds the part: its answer is overdue. */
  overdueRefund(name: string, position: number): this {
    const attempt = this.refundOf(name)?.parts.find((part) => part.position === position)?.attempt ?? 0;
    return this.#handle(refundOverdue, { type: 'payment.refund-overdue', body: { ...sale, refundId: refundIdOf(name), position, round: 1, attempt } });
  }

  /** What was sent since it was last looked at, as `PaymentAuthorized` and so on. */
  takeMessages(): Message[] {
    return this.messages.splice(0);
  }

  takeAsks(): TenderAsk[] {
    return this.asks.splice(0);
  }

  /** The provider tells by itself. @returns what became of the webhook */
  told(notice: Notice | RefundNotice, webhookId = 'evt_1', bodyHash = 'hash'): WebhookFate | undefined {
    const body = { tenantId: sale.tenantId, saleId: sale.saleId, webhookId, type: `authorization.${notice.status}`, bodyHash, notice };
    return this.#answered(webhookReceived, { type: 'payment.webhook-received', body });
  }

  /** A parked webhook is looked at again. */
  lookAgain(webhookId = 'evt_1'): this {
    return this.#handle(webhookParked, { type: 'payment.webhook-parked', body: { ...sale, webhookId } });
  }

  /** A person has found out. */
  resolve(position: number, resolution: Resolution, refundId?: RefundId): ResolutionFate | undefined {
    const { tenantId, saleId } = sale;
    return this.#answered(resolvePayment, { type: 'payment.resolved', body: { tenantId, saleId, position, refundId, resolution, reason: 'asked on the phone', subject: 'op-1' } });
  }

  /** Reconciliation has found something. */
  booksDiffer(position: number, difference: string, heldId?: string): this {
    const { tenantId, saleId } = sale;
    return this.#handle(booksDiffer, { type: 'payment.books-differ', body: { tenantId, saleId, position, difference, ...(heldId !== undefined && { heldId }) } });
  }

  /** The trail so far, as `1 provider in-doubt: authorize, request 1: time-out` and so on. */
  get trail(): string[] {
    return this.changes.flatMap(({ audit }) => audit).map(({ position, source, event, detail }) => `${position ?? '-'} ${source} ${event}: ${detail ?? ''}`);
  }

  #handle<M extends Message>(handler: PaymentHandler<M>, message: M): this {
    this.#answered(handler, message);
    return this;
  }

  #answered<M extends Message, Answered>(handler: PaymentHandler<M, Answered>, message: M): Answered | undefined {
    const envelope: Envelope = { id: 'message-1', source: '/services/test', type: message.type, time: '', tenantId: sale.tenantId };
    const decision = handler.decide(this.payments, { message, envelope, now: this.now });
    for (const change of decision.changes ?? []) {
      this.#store.apply(this.payments, change);
      if ('payment' in change) this.changes.push(change);
    }
    for (const sent of decision.messages ?? []) (sent.type.startsWith('operations.') ? this.alarms : this.messages).push(sent);
    for (const effect of decision.effects ?? []) {
      if (effect.effect === 'ask') {
        if (effect.refundId === undefined) this.asks.push(effect);
        else this.refundAsks.push(effect);
      } else this.reports.push(effect.happened);
    }
    return decision.answer;
  }
}

export const shop = () => new Shop();

/** A sale whose cards the provider has authorized; what was asked and sent on the way is forgotten. */
export function authorizedSale(...tenders: WantedTender[]): Shop {
  const made = shop().authorize(...tenders);
  for (const { position } of made.asks) made.answer(position, done(`auth_${position}`));
  made.takeAsks();
  made.takeMessages();
  return made;
}

/** A sale that was paid with 500 and 300 on two cards and 200 in cash; what was asked and sent on the way is forgotten. */
export function capturedSale(): Shop {
  const made = authorizedSale(card(500), card(300, 'tok_visa_2'), cash(200)).capture().answer(1, done('auth_1')).answer(2, done('auth_2'));
  made.takeAsks();
  made.takeMessages();
  return made;
}

export function capturedPayment(): Payment {
  const { payment } = capturedSale();
  if (payment?.state !== 'captured') throw new Error(`the payment is ${payment?.state}`);
  return payment;
}
