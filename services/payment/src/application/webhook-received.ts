import { operations, type Message } from '@checkout/contracts';
import { hours, minutes, type TenantId } from '@checkout/kernel';
import type { AuditEntry } from '../domain/audit.ts';
import { answerIn, refundOutcomeIn, type Notice, type RefundNotice } from '../domain/notice.ts';
import { answered, flagged, type Payment } from '../domain/payment.ts';
import { refundAnswered } from '../domain/refund.ts';
import type { PaymentDecision, PaymentHandler, Payments, Webhook, WebhookFate, WebhookParked, WebhookReceived } from './ports.ts';
import { refundStep } from './refund-step.ts';
import { step } from './step.ts';

/** A notice of a sale that is not there yet is looked at again this often, and given up after a day. */
const lookEvery = minutes(1);
const parkedFor = hours(24);

/** Takes what the provider tells by itself. It counts once, whenever it comes; what it says is one more way to an answer that is awaited. */
export const webhookReceived: PaymentHandler<WebhookReceived, WebhookFate> = {
  needs: ({ body: { tenantId, saleId, webhookId, notice } }) => [{ tenantId, saleId, webhookId, ...(notice && 'refundId' in notice && { withRefunds: true }) }],

  decide(payments, { message: { body }, envelope, now }) {
    const { tenantId, saleId, webhookId, type, bodyHash, notice } = body;
    const earlier = payments.webhook(tenantId, webhookId);
    if (earlier) return { answer: earlier.bodyHash === bodyHash ? 'repeated' : 'conflicting' };
    const kept = { tenantId, webhookId, type, bodyHash, receivedAt: now };
    if (!notice) return { changes: [{ isNew: true, webhook: { ...kept, state: 'ignored', parked: null } }], answer: 'ignored' };

    if (!isThere(payments, body, notice)) {
      return { changes: [{ isNew: true, webhook: { ...kept, state: 'parked', parked: { saleId, notice, nextLookAt: now + lookEvery } } }], answer: 'parked' };
    }
    const decision = applied(payments, body, notice, webhookId, envelope.traceparent, now);
    const changes = [{ isNew: true, webhook: { ...kept, state: 'applied', parked: null } } as const, ...(decision.changes ?? [])];
    return { ...decision, changes, answer: 'applied' };
  },
};

/** Looks whether the sale of a parked webhook has come. */
export const webhookParked: PaymentHandler<WebhookParked> = {
  needs: ({ body: { tenantId, saleId, webhookId } }) => [{ tenantId, saleId, webhookId, withRefunds: true }],

  decide(payments, { message: { body }, envelope, now }) {
    const webhook = payments.webhook(body.tenantId, body.webhookId);
    if (webhook?.state !== 'parked' || !webhook.parked) return {};
    const { parked } = webhook;
    if (isThere(payments, body, parked.notice)) {
      const decision = applied(payments, body, parked.notice, webhook.webhookId, envelope.traceparent, now);
      return { ...decision, changes: [{ isNew: false, webhook: { ...webhook, state: 'applied', parked: null } }, ...(decision.changes ?? [])] };
    }
    if (now - webhook.receivedAt < parkedFor) return { changes: [{ isNew: false, webhook: { ...webhook, parked: { ...parked, nextLookAt: now + lookEvery } } }] };
    return { changes: [{ isNew: false, webhook: givenUp(webhook) }], messages: [nobodysMoney(webhook.tenantId, parked.saleId, now)] };
  },
};

type OfSale = Pick<Payment, 'tenantId' | 'saleId'>;

const refundOf = (payments: Payments, of: OfSale, notice: RefundNotice) => payments.refundsOf(of).find(({ refundId }) => refundId === notice.refundId);

/** Whether what a notice speaks of has come yet. */
const isThere = (payments: Payments, of: OfSale, notice: Notice | RefundNotice): boolean =>
  'refundId' in notice ? refundOf(payments, of, notice) !== undefined : payments.get(of) !== undefined;

function applied(payments: Payments, of: OfSale, notice: Notice | RefundNotice, webhookId: string, traceparent: string | undefined, now: number): PaymentDecision {
  const learned: AuditEntry = { position: notice.position, source: 'webhook', event: 'told-by-webhook', detail: `${notice.status}, in ${webhookId}`.slice(0, 400) };
  const current = payments.get(of);
  if (!('refundId' in notice)) return current ? appliedToPayment(current, notice, learned, traceparent, now) : {};
  const refund = refundOf(payments, of, notice);
  const outcome = refund && refundOutcomeIn(refund, notice);
  if (!outcome) return {};
  const attempt = refund.parts.find(({ position }) => position === notice.position)?.attempt ?? 1;
  return refundStep(current, refund, refundAnswered(refund, notice.position, attempt, outcome, now), traceparent, [learned]);
}

function appliedToPayment(current: Payment, notice: Notice, learned: AuditEntry, traceparent: string | undefined, now: number): PaymentDecision {
  const answer = answerIn(current, notice);
  if (!answer) return {};
  const heard = answered(current, notice.position, answer, now);
  // A contradiction of what was settled long ago changes no tender, and is for a person all the same.
  const after = heard === current && answer.outcome.kind === 'contradicted' ? flagged(current, 'provider-contradiction', now) : heard;
  return step(current, after, traceparent, [learned]);
}

const givenUp = (webhook: Webhook): Webhook => ({ ...webhook, state: 'given-up', parked: null });

/** The provider speaks of money for a sale that we have never had. */
const nobodysMoney = (tenantId: TenantId, saleId: Payment['saleId'], now: number): Message =>
  operations.AttentionNeeded({ tenantId, saleId, service: 'payment', reason: 'webhook-for-unknown-sale', at: new Date(now).toISOString() });
