import { assert, hours } from '@checkout/kernel';
import type { Payment } from './payment.ts';
import { isOpen, type Operation, type Tender } from './tender.ts';

/** One call to the provider, complete: nothing has to be looked up to make it. Holds a card token, so it is never logged. */
export interface Question {
  readonly operation: Operation;
  /** Whose money it is, for a provider that serves many merchants; it comes back in webhooks and in its ledger. */
  readonly merchantAccount: string;
  /** Our name for the tender at the provider, in every operation. */
  readonly reference: string;
  readonly idempotencyKey: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly cardToken: string | null;
  readonly providerId: string | null;
  /** Whether to ask by reference what has become of it, before saying it again. */
  readonly looksFirst: boolean;
  /** False once the provider may have forgotten the key: saying it again could then do it twice. */
  readonly mayRepeat: boolean;
}

/** The same key is simply sent again this often; a provider that keeps failing on a key is asked by reference instead. */
const plainAttempts = 2;
/** Providers remember keys for a day (https://docs.stripe.com/api/idempotent_requests); an hour is left for clocks. */
const keyLife = hours(23);

export const referenceOf = (saleId: string, position: number): string => `${saleId}:${position}`;

/** The tenders about which a step decided to ask, read off the payment before and after it. */
export const newlyAsked = (before: Payment | undefined, after: Payment): Tender[] =>
  after.tenders.filter((tender) => isOpen(tender) && tender.attempt > 0 && !isSame(before?.tenders[tender.position - 1], tender));

export function questionOf({ tenantId, saleId, currency }: Payment, tender: Tender, now: number): Question {
  const { operation } = tender;
  assert(operation !== null && currency !== null, 'only a card of a payment that was asked for has something to ask');
  const reference = referenceOf(saleId, tender.position);
  return {
    operation,
    merchantAccount: tenantId,
    reference,
    idempotencyKey: keyOf(reference, operation, tender),
    amountMinor: tender.amountMinor,
    currency,
    cardToken: tender.cardToken,
    providerId: tender.providerId,
    looksFirst: tender.attempt > plainAttempts,
    // Letting go twice does no harm, so a void never grows too old.
    mayRepeat: operation === 'void' || now - (tender.askedAt ?? now) < keyLife,
  };
}

/**
 * One key for each round. A provider may keep an error under a key and repeat it for a day, so a capture that is looked up first, and was
 * found not to have happened, is asked for under a new one: an authorization cannot be captured twice, whatever the key.
 */
function keyOf(reference: string, operation: Operation, { round, attempt }: Tender): string {
  const key = round === 1 ? `${reference}:${operation}` : `${reference}:${operation}:${round}`;
  return operation === 'capture' && attempt > plainAttempts ? `${key}:again-${attempt}` : key;
}

/** An attempt that is taken back, because it never reached the provider, is no new question. */
const isSame = (before: Tender | undefined, { operation, round, attempt }: Tender): boolean =>
  before?.operation === operation && before.round === round && before.attempt >= attempt;
