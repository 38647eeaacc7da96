import type { RefundId } from '@checkout/kernel';
import type { Answer, Outcome } from './answer.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import { isOpen } from './tender.ts';

/** What the provider says of one authorization without having been asked: in a webhook. It may come first, late, twice, or in another order. */
export interface Notice {
  readonly providerId: string;
  readonly status: 'authorized' | 'declined' | 'captured' | 'voided';
  readonly declineCode: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly position: number;
}

/**
 * The answer that a notice comes to, for the question that is open; undefined when it tells nothing new. An old notice is about an operation
 * that is answered already, so order does not matter.
 */
export function answerIn(payment: Payment, notice: Notice): Answer | undefined {
  const tender = payment.tenders[notice.position - 1];
  if (!tender || tender.type !== 'card' || tender.operation === null) return undefined;
  const { round, attempt } = tender;
  const isOther = notice.amountMinor !== tender.amountMinor || notice.currency !== payment.currency;
  const isSecond = tender.providerId !== null && tender.providerId !== notice.providerId;
  // Money that is held twice, or another sum of it, is for a person, whatever is being asked just now. What was let go may be as it likes.
  if ((isOther || isSecond) && (notice.status === 'authorized' || notice.status === 'captured')) {
    return { operation: tender.operation, round, attempt, outcome: { kind: 'contradicted', why: isOther ? 'another amount or currency' : 'several authorizations under one reference' } };
  }
  switch (notice.status) {
    case 'authorized':
      return { operation: 'authorize', round, attempt, outcome: { kind: 'done', providerId: notice.providerId } };
    case 'captured':
      return tender.operation === 'capture'
        ? { operation: 'capture', round, attempt, outcome: { kind: 'done', providerId: notice.providerId } }
        : { operation: tender.operation, round, attempt, outcome: { kind: 'contradicted', why: 'captured, which nobody asked for' } };
    case 'voided':
      return tender.operation === 'void' ? { operation: 'void', round, attempt, outcome: { kind: 'done', providerId: notice.providerId } } : undefined;
    case 'declined': {
      // A declined capture and a declined authorization look alike; the open question tells them apart.
      if (tender.operation === 'void') return undefined;
      const isOfCapture = tender.providerId !== null;
      if (isOfCapture !== (tender.operation === 'capture')) return undefined;
      return { operation: tender.operation, round, attempt, outcome: { kind: 'declined', declineCode: notice.declineCode ?? 'declined' } };
    }
  }
}

/** What the provider says of one part of a refund without having been asked. */
export interface RefundNotice {
  readonly refundId: RefundId;
  readonly status: 'refunded' | 'declined';
  readonly declineCode: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly position: number;
}

/** The outcome that a notice comes to for the part that it speaks of; undefined when it tells nothing new. */
export function refundOutcomeIn({ currency, parts }: Refund, notice: RefundNotice): Outcome | undefined {
  const part = parts.find(({ position }) => position === notice.position);
  if (!part || !isOpen(part)) return undefined;
  if (notice.amountMinor !== part.amountMinor || notice.currency !== currency) return { kind: 'contradicted', why: 'another amount or currency went back' };
  return notice.status === 'refunded' ? { kind: 'done', providerId: null } : { kind: 'declined', declineCode: notice.declineCode ?? 'declined' };
}
