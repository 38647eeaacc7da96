import { unknownTotal } from '@checkout/messaging';
import { counter, gauge, histogram, type Logger } from '@checkout/observability';
import type { Transition } from '@checkout/resilience';
import type { Ask, Report } from './application/ports.ts';
import type { Outcome } from './domain/answer.ts';
import type { Attention, PaymentState } from './domain/payment.ts';
import type { RefundState } from './domain/refund.ts';

/** What the shop and the operator hear from payment: one function for each thing that happens. Never a token, never a whole message. */

const moved = counter('payments_total', 'Payments that entered a state', ['state']);
const refunded = counter('payment_refunds_total', 'Refunds that entered a state', ['state']);
const doubted = counter('payment_tenders_in_doubt_total', 'Tenders of which nobody knew what the provider did', ['operation']);
const flagged = counter('payment_attention_total', 'Payments that a person has to look at', ['reason']);
const answers = histogram('payment_provider_seconds', 'How long the provider took to answer, by what it was asked and what came of it', ['operation', 'outcome']);
const lost = counter('payment_answers_lost_total', 'Answers of the provider that could not be noted at once; the resolver asks again');

type Sale = Report['sale'];

export function paymentMoved(logger: Logger, sale: Sale, state: PaymentState): void {
  moved.inc({ state });
  if (state === 'declined' || state === 'refused' || state === 'voided') logger.info({ ...sale, state }, `payment ${state}`);
  else logger.debug({ ...sale, state }, `payment ${state}`);
}

export function refundMoved(logger: Logger, sale: Sale, state: RefundState): void {
  refunded.inc({ state });
  logger.debug({ ...sale, state }, `refund ${state}`);
}

export function tenderInDoubt(logger: Logger, sale: Sale, position: number, operation: string): void {
  doubted.inc({ operation });
  unknownTotal.inc({ kind: 'payment' });
  logger.warn({ ...sale, position, operation }, 'nobody knows what the provider did: asking again');
}

/** The runbook's cue: money may have moved for a sale that cannot be completed by itself. */
export function attentionNeeded(logger: Logger, sale: Sale, reason: Attention): void {
  flagged.inc({ reason });
  logger.error({ ...sale, reason }, `a payment needs attention: ${reason}`);
}

export function providerAnswered(logger: Logger, { sale, position, question, attempt }: Ask, outcome: Outcome, tookMs: number): void {
  const { operation } = question;
  answers.observe({ operation, outcome: outcome.kind }, tookMs / 1_000);
  const detail = { ...sale, position, operation, attempt, tookMs: Math.round(tookMs) };
  if (outcome.kind === 'unknown' || outcome.kind === 'not-asked') logger.warn({ ...detail, why: outcome.why }, 'no answer from the provider');
  else if (outcome.kind === 'contradicted') logger.error({ ...detail, why: outcome.why }, 'the provider contradicts what we know');
  else logger.debug({ ...detail, outcome: outcome.kind }, 'the provider answered');
}

export function answerLost(logger: Logger, { sale, position, question }: Ask, err: unknown): void {
  lost.inc();
  logger.warn({ ...sale, position, operation: question.operation, err }, 'an answer of the provider could not be noted: it will be asked for again');
}

export function providerBreakerChanged(logger: Logger, { cause, ...change }: Transition): void {
  if (change.to === 'open') logger.error({ ...change, err: cause }, 'payment provider unavailable: breaker opened');
  else logger.info(change, 'breaker changed');
}

export function resolverFailed(logger: Logger, err: unknown): void {
  logger.warn({ err }, 'tenders in doubt could not be looked through, trying again');
}

const suspicious = counter('payment_webhooks_suspicious_total', 'Webhooks that should not be: a bad or old signature, a used id with another body, an event of another kind of account', ['what']);
const compared = counter('payment_reconciled_total', "Movements of the provider's ledger that were compared with ours");
const differences = counter('payment_reconciliation_differences_total', "Movements of the provider's ledger that ours does not have so");

export function webhookSuspicious(logger: Logger, what: string, webhookId: string): void {
  suspicious.inc({ what });
  logger.warn({ what, webhookId: webhookId.slice(0, 80) }, 'a webhook was not taken at its word');
}

/** A comparison that never comes tells nobody of a difference, nor of itself: this is what misses it. */
let comparedAt = performance.now();
gauge('payment_books_age_seconds', 'How long ago the books were compared last, or this process began', [], (self) => self.set((performance.now() - comparedAt) / 1_000));

export function booksCompared(logger: Logger, run: { readonly compared: number; readonly different: number }): void {
  comparedAt = performance.now();
  compared.inc({}, run.compared);
  differences.inc({}, run.different);
  if (run.different > 0) logger.error(run, "the provider's ledger is not what ours says");
}

export function reconciliationFailed(logger: Logger, err: unknown): void {
  logger.warn({ err }, "the provider's ledger could not be compared with ours, trying again");
}

export function happened(logger: Logger, { sale, happened: what }: Report): void {
  if ('state' in what) paymentMoved(logger, sale, what.state);
  else if ('refund' in what) refundMoved(logger, sale, what.refund);
  else if ('attention' in what) attentionNeeded(logger, sale, what.attention);
  else tenderInDoubt(logger, sale, what.position, what.inDoubt);
}
