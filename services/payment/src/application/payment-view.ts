import { Amount, Currency, Instant, RefundId, SaleId, StoreId } from '@checkout/contracts';
import { z } from 'zod';
import { attentions, paymentStates } from '../domain/payment.ts';
import { partStates, refundStates } from '../domain/refund.ts';
import { tenderStates } from '../domain/tender.ts';

/** One payment as operators and the back office read it: everything but what could pay again. */
export const PaymentView = z.strictObject({
  saleId: SaleId,
  storeId: StoreId,
  state: z.enum(paymentStates),
  /** Absent when the payment was voided before it was ever asked for. */
  currency: Currency.optional(),
  totalMinor: Amount,
  declineCode: z.string().optional(),
  declinedPosition: z.int().optional(),
  /** Why a person has to look. */
  attention: z.enum(attentions).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  tenders: z.array(z.strictObject({
    position: z.int(),
    type: z.enum(['card', 'cash']),
    state: z.enum(tenderStates),
    amountMinor: Amount,
    tenderedMinor: Amount,
    /** Our name for the tender at the provider, and the provider's own. */
    reference: z.string(),
    providerId: z.string().optional(),
    declineCode: z.string().optional(),
    /** What the provider was last asked, and how often. */
    operation: z.enum(['authorize', 'capture', 'void']).optional(),
    attempt: z.int(),
    /** When it will be asked again; absent when there is nothing to ask, or nobody but a person to ask it. */
    nextAttemptAt: Instant.optional(),
  })),
  /** The books: money that moved, in order. */
  ledger: z.array(z.strictObject({ position: z.int(), kind: z.enum(['authorized', 'captured', 'voided']), amountMinor: Amount, at: Instant })),
  /** What has gone back, or is on its way. */
  refunds: z.array(z.strictObject({
    refundId: RefundId,
    state: z.enum(refundStates),
    totalMinor: Amount,
    declineCode: z.string().optional(),
    attention: z.enum(attentions).optional(),
    createdAt: Instant,
    parts: z.array(z.strictObject({
      position: z.int(), via: z.enum(['card', 'cash']), amountMinor: Amount, state: z.enum(partStates), reference: z.string(), declineCode: z.string().optional(), attempt: z.int(), nextAttemptAt: Instant.optional(),
    })),
  })),
  /** What was asked and learned where it did not go the usual way, and who said so. Empty for most sales. */
  audit: z.array(z.strictObject({ at: Instant, source: z.string(), event: z.string(), position: z.int().optional(), detail: z.string().optional() })),
});
export type PaymentView = z.output<typeof PaymentView>;
