import { RefundId, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { jsonColumn, safeIntegerColumn } from '@checkout/sql';
import { z } from 'zod';
import { attentions, paymentStates, type Payment } from '../domain/payment.ts';
import { tenderStates, type Tender } from '../domain/tender.ts';
import type { Webhook } from '../application/ports.ts';
import type * as domain from '../domain/notice.ts';

/** What the tables hold, as the domain knows it. Tables: `migrations/0001-payment.sql`. */

const SaleNotice = z.object({
  providerId: z.string(),
  status: z.enum(['authorized', 'declined', 'captured', 'voided']),
  declineCode: z.string().optional(),
  amountMinor: z.int(),
  currency: z.string(),
  position: z.int(),
}).transform((notice): domain.Notice => ({ ...notice, declineCode: notice.declineCode }));

const RefundNotice = z.object({
  refundId: RefundId,
  status: z.enum(['refunded', 'declined']),
  declineCode: z.string().optional(),
  amountMinor: z.int(),
  currency: z.string(),
  position: z.int(),
}).transform((notice): domain.RefundNotice => ({ ...notice, declineCode: notice.declineCode }));

const Notice = z.union([RefundNotice, SaleNotice]);

export const instant = z.date().transform((date) => date.getTime());

export const PaymentRow = z.object({
  tenantId: TenantId,
  storeId: StoreId,
  saleId: SaleId,
  currency: z.string().nullable(),
  totalMinor: safeIntegerColumn,
  state: z.enum(paymentStates),
  declineCode: z.string().nullable(),
  declinedPosition: z.int().nullable(),
  attention: z.enum(attentions).nullable(),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
}) satisfies z.ZodType<Omit<Payment, 'tenders'>>;
export type PaymentRow = z.output<typeof PaymentRow>;

export const TenderRow = z.object({
  tenantId: TenantId,
  saleId: SaleId,
  position: z.int(),
  type: z.enum(['card', 'cash']),
  amountMinor: safeIntegerColumn,
  tenderedMinor: safeIntegerColumn,
  cardToken: z.string().nullable(),
  providerId: z.string().nullable(),
  state: z.enum(tenderStates),
  declineCode: z.string().nullable(),
  operation: z.enum(['authorize', 'capture', 'void']).nullable(),
  round: z.int(),
  attempt: z.int(),
  askedAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
}) satisfies z.ZodType<Tender>;
export type TenderRow = z.output<typeof TenderRow>;

export const WebhookRow = z.object({
  tenantId: TenantId,
  webhookId: z.string(),
  state: z.enum(['applied', 'ignored', 'parked', 'given-up']),
  bodyHash: z.string(),
  type: z.string(),
  receivedAt: instant,
  parked: jsonColumn(z.object({ saleId: SaleId, notice: Notice, nextLookAt: z.number() })).nullable(),
}) satisfies z.ZodType<Webhook>;
export type WebhookRow = z.output<typeof WebhookRow>;

export const AuditRow = z.object({ position: z.int().nullable(), source: z.string(), event: z.string(), detail: z.string().nullable(), at: instant });

export const LedgerRow = z.object({
  position: z.int(),
  kind: z.enum(['authorized', 'captured', 'voided']),
  amountMinor: safeIntegerColumn,
  at: instant,
});
