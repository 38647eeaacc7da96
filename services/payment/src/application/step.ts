import { operations, payment as contracts, type Message } from '@checkout/contracts';
import { attentionEntry, type AuditEntry } from '../domain/audit.ts';
import { ledgerOf } from '../domain/ledger.ts';
import { changeOf, type Payment } from '../domain/payment.ts';
import { newlyAsked, questionOf } from '../domain/question.ts';
import { doubtsOf } from './doubts.ts';
import type { Effect, PaymentDecision } from './ports.ts';

/**
 * What follows from a payment's step: it is stored with its ledger entries, whoever waits for it is answered, the provider is asked.
 * `learned` is what has to be remembered of how it came to it, when that was unusual.
 */
export function step(before: Payment | undefined, after: Payment, traceparent: string | undefined, learned: readonly AuditEntry[] = []): PaymentDecision {
  if (before === after) return {};
  const hasEntered = before?.state !== after.state;
  return {
    changes: [{ payment: after, ledger: ledgerOf(before, after), audit: [...learned, ...attentionEntry(before?.attention ?? null, after.attention)] }],
    messages: [...(hasEntered || isStalled(after, before) ? answerOf(after) : []), ...attentionOf(before, after), ...doubtsOf(before, after)],
    effects: [...asksOf(before, after, traceparent), ...reportsOf(before, after)],
  };
}

/** What a payment's state tells the saga; nothing while the provider has yet to speak. */
export function answerOf(payment: Payment): Message[] {
  const { tenantId, storeId, saleId, totalMinor } = payment;
  const sale = { tenantId, storeId, saleId };
  switch (payment.state) {
    case 'authorized':
      return [contracts.PaymentAuthorized({ ...sale, totalMinor })];
    case 'declined':
      return [contracts.PaymentDeclined({ ...sale, position: payment.declinedPosition ?? 1, declineCode: payment.declineCode ?? 'declined' })];
    case 'captured':
      return [contracts.PaymentCaptured({ ...sale, capturedMinor: totalMinor, changeMinor: changeOf(payment) })];
    case 'refused':
      return [contracts.CaptureRefused({ ...sale, declineCode: payment.declineCode ?? 'refused' })];
    case 'voided':
      return [contracts.PaymentVoided(sale)];
    case 'authorizing':
    case 'declining':
    case 'capturing':
    case 'voiding':
      return payment.attention === null ? [] : [contracts.PaymentStalled({ ...sale, reason: payment.attention })];
  }
}

/** Newly in need of a person, while somebody waits for the answer. */
const isStalled = (after: Payment, before: Payment | undefined): boolean =>
  after.attention !== before?.attention && answerOf(after).some((message) => contracts.PaymentStalled.is(message));

/** The operator's desk hears when a person has to look, and when nobody has to any more. */
function attentionOf(before: Payment | undefined, { attention, updatedAt, ...after }: Payment): Message[] {
  const earlier = before?.attention ?? null;
  if (earlier === attention) return [];
  const about = { ...saleOf(after), service: 'payment', at: new Date(updatedAt).toISOString() };
  return [attention === null ? operations.AttentionEnded(about) : operations.AttentionNeeded({ ...about, reason: attention })];
}

const asksOf = (before: Payment | undefined, after: Payment, traceparent: string | undefined): Effect[] =>
  newlyAsked(before, after).map((tender) => ({
    effect: 'ask',
    sale: saleOf(after),
    position: tender.position,
    round: tender.round,
    attempt: tender.attempt,
    question: questionOf(after, tender, after.updatedAt),
    traceparent,
  }));

function reportsOf(before: Payment | undefined, after: Payment): Effect[] {
  const sale = saleOf(after);
  const reports: Effect[] = [];
  if (before?.state !== after.state) reports.push({ effect: 'report', sale, happened: { state: after.state } });
  if (after.attention !== null && after.attention !== before?.attention) reports.push({ effect: 'report', sale, happened: { attention: after.attention } });
  for (const { position, state, operation } of after.tenders) {
    if (state === 'unknown' && operation !== null && before?.tenders[position - 1]?.state !== 'unknown') {
      reports.push({ effect: 'report', sale, happened: { position, inDoubt: operation } });
    }
  }
  return reports;
}

const saleOf = ({ tenantId, storeId, saleId }: Pick<Payment, 'tenantId' | 'storeId' | 'saleId'>) => ({ tenantId, storeId, saleId });
