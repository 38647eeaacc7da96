import { operations, payment as contracts, type Message } from '@checkout/contracts';
import { attentionEntry, type AuditEntry } from '../domain/audit.ts';
import type { Payment } from '../domain/payment.ts';
import { partsDone, type Part, type Refund } from '../domain/refund.ts';
import { newlyAskedParts, refundQuestionOf } from '../domain/refund-question.ts';
import type { Change, Effect, PaymentDecision } from './ports.ts';

/**
 * What follows from a step of a refund: it is stored under a new version of its payment, whoever waits for it is answered, the provider is asked.
 *
 * @param payment absent only for a refund of what was never paid here, which is declined as it begins
 */
export function refundStep(payment: Payment | undefined, before: Refund | undefined, after: Refund, traceparent: string | undefined, learned: readonly AuditEntry[] = []): PaymentDecision {
  if (before === after) return {};
  const audit = [...learned, ...attentionEntry(before?.attention ?? null, after.attention)].map((entry): AuditEntry => ({ ...entry, detail: `refund ${after.refundId}${entry.detail === undefined ? '' : `: ${entry.detail}`}`.slice(0, 400) }));
  const hasEntered = before?.state !== after.state;
  const guard: readonly Change[] = payment ? [{ payment: { ...payment, version: payment.version + 1, updatedAt: after.updatedAt }, ledger: [], audit }] : [];
  return {
    changes: [...guard, { refund: after, isNew: before === undefined }],
    messages: [...(hasEntered || isStalled(before, after) ? refundAnswerOf(after) : []), ...attentionOf(before, after), ...doubtsOf(before, after)],
    effects: payment ? effectsOf(payment, before, after, traceparent) : [],
  };
}

/** What a refund's state tells the saga; nothing while the provider has yet to speak. */
export function refundAnswerOf(refund: Refund): Message[] {
  const of = ofRefund(refund);
  switch (refund.state) {
    case 'refunded':
      return [contracts.PaymentRefunded({ ...of, totalMinor: refund.totalMinor, parts: partsDone(refund) })];
    case 'declined':
      return [contracts.RefundDeclined({ ...of, position: refund.declinedPosition ?? 1, declineCode: refund.declineCode ?? 'declined' })];
    case 'refunding':
      return refund.attention === null ? [] : [contracts.RefundStalled({ ...of, reason: refund.attention })];
  }
}

/** Newly in need of a person, while somebody waits for the answer. */
const isStalled = (before: Refund | undefined, after: Refund): boolean => after.state === 'refunding' && after.attention !== null && after.attention !== before?.attention;

function attentionOf(before: Refund | undefined, { attention, updatedAt, tenantId, storeId, saleId, refundId }: Refund): Message[] {
  const earlier = before?.attention ?? null;
  if (earlier === attention) return [];
  const about = { tenantId, storeId, saleId, service: 'payment', at: new Date(updatedAt).toISOString() };
  return [attention === null ? operations.AttentionEnded(about) : operations.AttentionNeeded({ ...about, reason: attention, detail: `refund ${refundId}` })];
}

/** Operators hear that the provider has not answered for a part, and what it came to. */
function doubtsOf(before: Refund | undefined, after: Refund): Message[] {
  return after.parts.flatMap((part): Message[] => {
    const earlier = before?.parts.find(({ position }) => position === part.position);
    const was = earlier?.state === 'unknown';
    if (was === (part.state === 'unknown')) return [];
    const about = { service: 'payment', at: new Date(after.updatedAt).toISOString(), kind: 'payment' as const, subject: `${after.refundId}:${part.position}` };
    if (!was) return [operations.OutcomeUnknown({ ...about, cause: 'refund: no answer from the provider' })];
    return [operations.OutcomeResolved({ ...about, outcome: part.state === 'refunded' ? 'done' : 'not-done', afterMs: Math.max(0, after.updatedAt - (earlier?.askedAt ?? after.updatedAt)) })];
  });
}

function effectsOf(payment: Payment, before: Refund | undefined, after: Refund, traceparent: string | undefined): Effect[] {
  const sale = { tenantId: after.tenantId, storeId: after.storeId, saleId: after.saleId };
  const asks = newlyAskedParts(before, after).map((part): Effect => ({
    effect: 'ask', sale, refundId: after.refundId, position: part.position, round: 1, attempt: part.attempt, question: refundQuestionOf(payment, after, part, after.updatedAt), traceparent,
  }));
  const doubtful = after.parts.filter((part) => part.state === 'unknown' && stateBefore(before, part) !== 'unknown');
  return [
    ...asks,
    ...(before?.state === after.state ? [] : [{ effect: 'report', sale, happened: { refund: after.state } } as const]),
    ...(after.attention !== null && after.attention !== before?.attention ? [{ effect: 'report', sale, happened: { attention: after.attention } } as const] : []),
    ...doubtful.map(({ position }): Effect => ({ effect: 'report', sale, happened: { position, inDoubt: 'refund' } })),
  ];
}

const stateBefore = (before: Refund | undefined, { position }: Part): Part['state'] | undefined => before?.parts.find((part) => part.position === position)?.state;

const ofRefund = ({ tenantId, storeId, saleId, refundId }: Refund) => ({ tenantId, storeId, saleId, refundId });
