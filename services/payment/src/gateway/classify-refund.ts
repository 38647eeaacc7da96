import { z } from 'zod';
import type { Outcome } from '../domain/answer.ts';
import type { RefundQuestion } from '../domain/refund-question.ts';
import { declined, failureCodeOf, patience, read, unknown } from './classify.ts';
import type { Reply } from './http-client.ts';

/** What the provider says of one refund. It may say more; what matters here is held to its form. */
export const ProviderRefund = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,80}$/),
  status: z.enum(['refunded', 'declined']),
  declineCode: z.string().optional(),
  amountMinor: z.int(),
  currency: z.string(),
  reference: z.string(),
  authorizationReference: z.string(),
  merchantAccount: z.string().optional(),
});
export type ProviderRefund = z.output<typeof ProviderRefund>;

const ByReference = z.object({ refunds: z.array(ProviderRefund) });

/** What the answer to a request for a refund means. A refund in doubt is never taken for refused: the customer's money may be on its way. */
export function refundOutcomeOf(question: RefundQuestion, reply: Reply): Outcome {
  if (reply.status >= 200 && reply.status < 300) {
    const refund = read(ProviderRefund, reply.body);
    return refund ? meaningOf(question, refund) : unknown('unreadable');
  }
  const code = failureCodeOf(reply);
  if (reply.status === 404) return { kind: 'contradicted', why: 'the authorization is not known' };
  if (reply.status === 429) return patience(reply);
  // By our books it was captured, and has that much left.
  if (code === 'idempotency_key_reused' || code === 'not_captured' || code === 'amount_too_large') return { kind: 'contradicted', why: code };
  if (reply.status === 400 || reply.status === 402 || reply.status === 422) return declined(code ?? `status-${reply.status}`);
  return unknown(reply.status === 409 ? 'in-progress' : `status-${reply.status}`, reply);
}

/** What the provider knows under the refund's reference; undefined when it has never heard of it. */
export function refundFoundOf(question: RefundQuestion, reply: Reply): Outcome | undefined {
  if (reply.status === 404) return undefined;
  if (reply.status === 429) return patience(reply);
  if (reply.status !== 200) return unknown(`status-${reply.status}`, reply);
  const found = read(ByReference, reply.body);
  if (!found) return unknown('unreadable');
  const back = found.refunds.filter(({ status }) => status === 'refunded');
  if (back.length > 1) return { kind: 'contradicted', why: 'several refunds under one reference' };
  const refund = back[0] ?? found.refunds.at(-1);
  return refund && meaningOf(question, refund);
}

function meaningOf({ refundReference, amountMinor, currency }: RefundQuestion, refund: ProviderRefund): Outcome {
  if (refund.reference !== refundReference || refund.amountMinor !== amountMinor || refund.currency !== currency) {
    return { kind: 'contradicted', why: 'another amount, currency or reference' };
  }
  return refund.status === 'refunded' ? { kind: 'done', providerId: refund.id } : declined(refund.declineCode ?? 'declined');
}
