import type { Message } from '@checkout/contracts';
import type { RefundId, SaleId, TenantId } from '@checkout/kernel';
import type { Decision, Handler } from '@checkout/messaging';
import type { Answer, Outcome } from '../domain/answer.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Notice, RefundNotice } from '../domain/notice.ts';
import type { Attention, Payment, Resolution, Sale } from '../domain/payment.ts';
import type { Question } from '../domain/question.ts';
import type { Refund } from '../domain/refund.ts';
import type { RefundQuestion } from '../domain/refund-question.ts';
import type { PaymentView } from './payment-view.ts';
import type { TenderKey } from './reconcile.ts';

/** Which payment a message is about, whether its refunds are looked at, and which webhook brought it. */
export interface Need {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly withRefunds?: boolean;
  readonly webhookId?: string;
}

/** A webhook as it is kept: once, and for ever. */
export interface Webhook {
  readonly tenantId: TenantId;
  readonly webhookId: string;
  readonly state: 'applied' | 'ignored' | 'parked' | 'given-up';
  readonly bodyHash: string;
  readonly type: string;
  readonly receivedAt: number;
  /** While it is parked: what it said, of which sale, and when to look for that again. */
  readonly parked: { readonly saleId: SaleId; readonly notice: Notice | RefundNotice; readonly nextLookAt: number } | null;
}

/** The payments of a batch, as they stand after the decisions so far. */
export class Payments {
  readonly #bySale = new Map<string, Payment>();
  readonly #webhooks = new Map<string, Webhook>();
  readonly #refunds = new Map<string, readonly Refund[]>();

  get({ tenantId, saleId }: Need): Payment | undefined {
    return this.#bySale.get(keyOf(tenantId, saleId));
  }

  /** Every refund of a sale, for a need that has asked for them. */
  refundsOf({ tenantId, saleId }: Pick<Need, 'tenantId' | 'saleId'>): readonly Refund[] {
    return this.#refunds.get(keyOf(tenantId, saleId)) ?? [];
  }

  setRefund(refund: Refund): void {
    const others = this.refundsOf(refund).filter(({ refundId }) => refundId !== refund.refundId);
    this.#refunds.set(keyOf(refund.tenantId, refund.saleId), [...others, refund]);
  }

  webhook(tenantId: TenantId, webhookId: string): Webhook | undefined {
    return this.#webhooks.get(keyOf(tenantId, webhookId));
  }

  setWebhook(webhook: Webhook): void {
    this.#webhooks.set(keyOf(webhook.tenantId, webhook.webhookId), webhook);
  }

  set(payment: Payment): void {
    this.#bySale.set(keyOf(payment.tenantId, payment.saleId), payment);
  }
}

export const keyOf = (tenantId: string, saleId: string): string => `${tenantId}/${saleId}`;

/** A payment as a decision left it, the money that moved on the way, and what was learned in an unusual way. */
export interface PaymentChange {
  readonly payment: Payment;
  readonly ledger: readonly LedgerEntry[];
  readonly audit: readonly AuditEntry[];
}

/** A refund as a decision left it. It is written under its payment's version, so the payment is changed with it. */
export interface RefundChange {
  readonly refund: Refund;
  readonly isNew: boolean;
}

export type Change = PaymentChange | RefundChange | { readonly webhook: Webhook; readonly isNew: boolean };

interface AskOf<Asked> {
  readonly effect: 'ask';
  readonly sale: Sale;
  readonly position: number;
  readonly round: number;
  readonly attempt: number;
  readonly question: Asked;
  readonly traceparent: string | undefined;
}

/** A question for the provider about a tender, once the intent is stored. */
export interface TenderAsk extends AskOf<Question> {
  readonly refundId?: never;
}
/** A question about a part of a refund. */
export interface RefundAsk extends AskOf<RefundQuestion> {
  readonly refundId: RefundId;
}
export type Ask = TenderAsk | RefundAsk;

/** Something the operator should hear about, once it is true. */
export interface Report {
  readonly effect: 'report';
  readonly sale: Sale;
  readonly happened: { readonly state: Payment['state'] } | { readonly refund: Refund['state'] } | { readonly attention: Attention } | { readonly position: number; readonly inDoubt: string };
}

export type Effect = Ask | Report;

export type PaymentHandler<M extends Message, Answered = void> = Handler<M, Need, Payments, Change, Effect, Answered>;
export type PaymentDecision = Omit<Decision<Change, Effect>, 'answer'>;

/** The payment provider. It answers or it does not: either way this resolves, and never throws for anything the provider does. */
export interface Provider {
  ask(question: Question | RefundQuestion, traceparent: string | undefined): Promise<Outcome>;
}

/** Local input: the provider has answered, or has failed to. */
export type ProviderAnswered = Message<'payment.provider-answered', Sale & { readonly position: number } & Answer>;
/** Local input: an answer is overdue, so the question is to be asked again. */
export type AnswerOverdue = Message<'payment.answer-overdue', OverdueTender>;

/** Local input: the provider has answered about a part of a refund, or has failed to. */
export type RefundAnswered = Message<'payment.refund-answered', Sale & { readonly refundId: RefundId; readonly position: number; readonly attempt: number; readonly outcome: Outcome }>;
/** Local input: an answer about a part of a refund is overdue. */
export type RefundOverdue = Message<'payment.refund-overdue', OverdueRefund>;

/** Local input: the provider tells something by webhook; the signature was good. `notice` is absent when it is of a kind that means nothing here. */
export type WebhookReceived = Message<'payment.webhook-received', {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly webhookId: string;
  readonly type: string;
  readonly bodyHash: string;
  readonly notice: Notice | RefundNotice | undefined;
}>;
/** What became of a webhook: `repeated` had come before, `conflicting` too, but with another body. */
export type WebhookFate = 'applied' | 'ignored' | 'parked' | 'repeated' | 'conflicting';

/** Local input: a parked webhook is to be looked at again. */
export type WebhookParked = Message<'payment.webhook-parked', ParkedWebhook>;
export interface ParkedWebhook {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly webhookId: string;
}

/** Local input: a person has found out what the provider did. */
export type PaymentResolved = Message<'payment.resolved', {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly position: number;
  /** Of which refund, when it is not about the sale itself. */
  readonly refundId?: RefundId | undefined;
  readonly resolution: Resolution;
  readonly reason: string;
  readonly subject: string;
}>;
export type ResolutionFate = 'resolved' | 'nothing-to-resolve' | 'not-found';

/** Local input: the provider's ledger and ours do not agree about a tender. */
export type BooksDiffer = Message<'payment.books-differ', {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly position: number;
  readonly difference: string;
  /** The authorization that is still held there although the sale was given up: it is let go. */
  readonly heldId?: string;
}>;

/** Takes local inputs into the pipeline; resolves once they are durable. */
export interface Inbox {
  providerAnswered(message: ProviderAnswered, traceparent: string | undefined): Promise<void>;
  answerOverdue(message: AnswerOverdue): Promise<void>;
  refundAnswered(message: RefundAnswered, traceparent: string | undefined): Promise<void>;
  refundOverdue(message: RefundOverdue): Promise<void>;
  webhookReceived(message: WebhookReceived): Promise<WebhookFate>;
  webhookParked(message: WebhookParked): Promise<void>;
  paymentResolved(message: PaymentResolved): Promise<ResolutionFate>;
  booksDiffer(message: BooksDiffer): Promise<void>;
}

/** Finds, over all tenants, the parked webhooks that are to be looked at again. */
export interface ParkedWebhooks {
  parked(now: number, limit: number): Promise<ParkedWebhook[]>;
}

export interface OverdueTender extends Sale {
  readonly position: number;
  readonly round: number;
  readonly attempt: number;
}

export interface OverdueRefund extends OverdueTender {
  readonly refundId: RefundId;
}

/** Finds, over all tenants, the tenders, or the parts of refunds, whose answer is overdue. */
export interface OverdueTenders<Overdue = OverdueTender> {
  find(now: number, limit: number): Promise<Overdue[]>;
}

/** Reads one payment for people. */
export interface PaymentReader {
  read(tenantId: TenantId, saleId: SaleId): Promise<PaymentView | undefined>;
}

/** The three headers of Standard Webhooks (https://www.standardwebhooks.com). */
export interface WebhookHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export type WebhookVerdict = 'good' | 'signature-invalid' | 'timestamp-stale';

/** A webhook's body, read. `about` is absent when it says nothing about a tender of ours. */
export interface WebhookEvent {
  readonly type: string;
  readonly isTest: boolean;
  readonly about: (TenderKey & { readonly notice: Notice | RefundNotice }) | undefined;
}

/** How the provider signs what it tells, and writes it down. */
export interface WebhookReader {
  /** Whether the provider signed these very bytes, lately. */
  verify(headers: WebhookHeaders, body: Buffer): WebhookVerdict;
  /** Undefined when it is no event at all. */
  read(body: Buffer): WebhookEvent | undefined;
}
