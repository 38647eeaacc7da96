import { assert, hours } from '@checkout/kernel';
import type { Payment } from './payment.ts';
import { referenceOf } from './question.ts';
import type { Part, Refund } from './refund.ts';
import { isOpen } from './tender.ts';

/** One request to give captured money back, complete. */
export interface RefundQuestion {
  readonly operation: 'refund';
  readonly merchantAccount: string;
  /** Of the authorization that the money was taken under. */
  readonly reference: string;
  readonly providerId: string;
  /** Our name for this part of this refund: in the request, in webhooks, and to ask by what became of it. */
  readonly refundReference: string;
  /** One for ever: under another key the money would go back a second time. */
  readonly idempotencyKey: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Whether to ask by reference what has become of it, before saying it again. */
  readonly looksFirst: boolean;
  /** False once the provider may have forgotten the key: then it is only asked what became of it. */
  readonly mayRepeat: boolean;
}

/** The same request is simply sent again this often; after that the provider is first asked by reference. */
const plainAttempts = 2;
/** Providers remember keys for a day; an hour is left for clocks. */
const keyLife = hours(23);

/** The parts about which a step decided to ask, read off the refund before and after it. */
export const newlyAskedParts = (before: Refund | undefined, after: Refund): Part[] =>
  after.parts.filter((part) => isOpen(part) && part.attempt > 0 && part.attempt > (before?.parts.find(({ position }) => position === part.position)?.attempt ?? 0));

export function refundQuestionOf(payment: Payment, { refundId, currency }: Pick<Refund, 'refundId' | 'currency'>, part: Part, now: number): RefundQuestion {
  const providerId = payment.tenders[part.position - 1]?.providerId;
  assert(providerId, 'only what a card paid can go back to it');
  const refundReference = referenceOf(refundId, part.position);
  return {
    operation: 'refund',
    merchantAccount: payment.tenantId,
    reference: referenceOf(payment.saleId, part.position),
    providerId,
    refundReference,
    idempotencyKey: `${refundReference}:refund`,
    amountMinor: part.amountMinor,
    currency,
    looksFirst: part.attempt > plainAttempts,
    mayRepeat: now - (part.askedAt ?? now) < keyLife,
  };
}
