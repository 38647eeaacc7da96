import { operations, type Message } from '@checkout/contracts';
import type { Payment } from '../domain/payment.ts';
import type { Tender } from '../domain/tender.ts';

/**
 * What operators are told of outcomes that nobody knows, in the commit that they follow from: that the provider has not answered for a tender, and what it came
 * to. A sale without trouble has neither. A tender is in doubt once: an authorization that is given up stays so until its void is confirmed.
 */
export function doubtsOf(before: Payment | undefined, after: Payment): Message[] {
  return after.tenders.flatMap((tender): Message[] => {
    const earlier = before?.tenders[tender.position - 1];
    const was = earlier !== undefined && isInDoubt(earlier);
    if (was === isInDoubt(tender)) return [];
    const about = { service: 'payment', at: new Date(after.updatedAt).toISOString(), kind: 'payment' as const, subject: `${after.saleId}:${tender.position}` };
    if (!was) return [operations.OutcomeUnknown({ ...about, cause: `${tender.operation ?? 'ask'}: no answer from the provider` })];
    return [operations.OutcomeResolved({ ...about, outcome: isDone(earlier, tender) ? 'done' : 'not-done', afterMs: Math.max(0, after.updatedAt - sinceOf(after, earlier)) })];
  });
}

/** A refused leg that is to be tried again, attempt 0, is no doubt: the provider has spoken. */
const isInDoubt = (tender: Tender): boolean => (tender.state === 'unknown' && tender.attempt > 0) || isGivenUp(tender);

/** Nobody knows whether the money was ever held, and it is asked back. */
const isGivenUp = ({ type, state, operation, providerId }: Tender): boolean => type === 'card' && state === 'pending' && operation === 'void' && providerId === null;

/** Whether what was asked for has happened. What is voided without ever having been known to be held was an authorization. */
const isDone = (earlier: Tender, { state }: Tender): boolean => state === 'authorized' || state === 'captured' || (state === 'voided' && earlier.providerId !== null);

/** The round of a void that ends an authorization is not when the doubt began. */
const sinceOf = ({ createdAt }: Payment, tender: Tender): number => (tender.operation === 'void' && tender.providerId === null ? createdAt : (tender.askedAt ?? createdAt));
