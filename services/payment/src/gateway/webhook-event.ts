import { RefundId } from '@checkout/contracts';
import { z } from 'zod';
import type { WebhookEvent } from '../application/ports.ts';
import { Authorization } from './classify.ts';
import { ProviderRefund } from './classify-refund.ts';
import { tenderOf } from './provider-ledger.ts';

const Event = z.object({ type: z.string().regex(/^[a-z0-9_.-]{1,60}$/), isTest: z.boolean(), data: z.unknown() });

/** Undefined when it is no event at all. Kinds of event that are not known are read too: a provider adds some whenever it likes. */
export function eventOf(body: Buffer): WebhookEvent | undefined {
  const event = Event.safeParse(jsonOf(body)).data;
  if (!event) return undefined;
  const { type, isTest, data } = event;
  if (type.startsWith('refund.')) return { type, isTest, about: refundIn(data) };
  const authorization = type.startsWith('authorization.') ? Authorization.safeParse(data).data : undefined;
  const tender = authorization && tenderOf(authorization.reference, authorization.merchantAccount);
  if (!authorization || !tender) return { type, isTest, about: undefined };
  const { id, status, declineCode, amountMinor, currency } = authorization;
  return { type, isTest, about: { ...tender, notice: { providerId: id, status, declineCode, amountMinor, currency, position: tender.position } } };
}

/** Undefined for what is no refund of ours. */
function refundIn(data: unknown): WebhookEvent['about'] {
  const refund = ProviderRefund.safeParse(data).data;
  const tender = refund && tenderOf(refund.authorizationReference, refund.merchantAccount);
  const refundId = RefundId.safeParse(refund?.reference.slice(0, 36)).data;
  if (!refund || !tender || refundId === undefined || refund.reference !== `${refundId}:${tender.position}`) return undefined;
  const { status, declineCode, amountMinor, currency } = refund;
  return { ...tender, notice: { refundId, status, declineCode, amountMinor, currency, position: tender.position } };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
