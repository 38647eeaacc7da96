import { SaleId, StoreId, TenantId } from '@checkout/contracts';
import { safeIntegerColumn } from '@checkout/sql';
import { z } from 'zod';
import { attentions, paymentStates, type Payment } from '../domain/payment.ts';
import { tenderStates, type Tender } from '../domain/tender.ts';

/** What the tables hold, as the domain knows it. Tables: `migrations/0001-payment.sql`. */

const instant = z.date().transform((date) => date.getTime());

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

export const LedgerRow = z.object({
  position: z.int(),
  kind: z.enum(['authorized', 'captured', 'voided']),
  amountMinor: safeIntegerColumn,
  at: instant,
});
