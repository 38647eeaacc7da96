import type { Message } from '@checkout/contracts';
import type { SaleId, TenantId } from '@checkout/kernel';
import type { Decision, Handler } from '@checkout/messaging';
import type { Answer, Outcome } from '../domain/answer.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Attention, Payment, Sale } from '../domain/payment.ts';
import type { Question } from '../domain/question.ts';
import type { PaymentView } from './payment-view.ts';

/** Which payment a message is about. */
export interface Need {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
}

/** The payments of a batch, as they stand after the decisions so far. */
export class Payments {
  readonly #bySale = new Map<string, Payment>();

  get({ tenantId, saleId }: Need): Payment | undefined {
    return this.#bySale.get(keyOf(tenantId, saleId));
  }

  set(payment: Payment): void {
    this.#bySale.set(keyOf(payment.tenantId, payment.saleId), payment);
  }
}

export const keyOf = (tenantId: string, saleId: string): string => `${tenantId}/${saleId}`;

/** A payment as a decision left it, and the money that moved on the way. */
export interface Change {
  readonly payment: Payment;
  readonly ledger: readonly LedgerEntry[];
}

/** A question for the provider, once the intent is stored. */
export interface Ask {
  readonly effect: 'ask';
  readonly sale: Sale;
  readonly position: number;
  readonly round: number;
  readonly attempt: number;
  readonly question: Question;
  readonly traceparent: string | undefined;
}

/** Something the operator should hear about, once it is true. */
export interface Report {
  readonly effect: 'report';
  readonly sale: Sale;
  readonly happened: { readonly state: Payment['state'] } | { readonly attention: Attention } | { readonly position: number; readonly inDoubt: string };
}

export type Effect = Ask | Report;

export type PaymentHandler<M extends Message> = Handler<M, Need, Payments, Change, Effect>;
export type PaymentDecision = Decision<Change, Effect>;

/** The payment provider. It answers or it does not: either way this resolves, and never throws for anything the provider does. */
export interface Provider {
  ask(question: Question, traceparent: string | undefined): Promise<Outcome>;
}

/** Local input: the provider has answered, or has failed to. */
export type ProviderAnswered = Message<'payment.provider-answered', Sale & { readonly position: number } & Answer>;
/** Local input: an answer is overdue, so the question is to be asked again. */
export type AnswerOverdue = Message<'payment.answer-overdue', OverdueTender>;

/** Takes local inputs into the pipeline; resolves once they are durable. */
export interface Inbox {
  providerAnswered(message: ProviderAnswered, traceparent: string | undefined): Promise<void>;
  answerOverdue(message: AnswerOverdue): Promise<void>;
}

export interface OverdueTender extends Sale {
  readonly position: number;
  readonly round: number;
  readonly attempt: number;
}

/** Finds, over all tenants, the tenders whose answer is overdue. */
export interface OverdueTenders {
  find(now: number, limit: number): Promise<OverdueTender[]>;
}

/** Reads one payment for people. */
export interface PaymentReader {
  read(tenantId: TenantId, saleId: SaleId): Promise<PaymentView | undefined>;
}
