import { refund as contract, type Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import type { Refund } from '../domain/refund.ts';
import { refundOf, type RefundRefusal, type RefundRequest } from '../domain/refund-request.ts';
import { eventOf, type RefundBooks, type RefundChange, type RefundEvent, type RefundHandler, type RefundNeed } from './refund-ports.ts';

/** A till asks for a refund. Local: it comes over HTTP. */
export type RequestRefund = Message<'receipt.request-refund', RefundRequest>;

export type RefundAcceptance = { readonly kind: 'accepted' | 'replayed'; readonly refund: Refund } | RefundRefusal;

/**
 * Accepts a refund: what it takes of the sale is set aside in the commit that asks for it to be done, where the receipt is kept; so of two tills that want the same
 * goods at once one is told that they are gone. The same command again is told how it stands.
 */
export class AcceptRefund implements RefundHandler<RequestRefund, RefundAcceptance> {
  readonly #windowMs: number;

  /** @param windowMs how long after it was completed a sale can be refunded */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  needs({ body: { tenantId, storeId, refundId, body: { saleId } } }: RequestRefund): readonly RefundNeed[] {
    return [{ tenantId, storeId, saleId, refundId }];
  }

  decide(books: RefundBooks, { message: { body: request }, now }: Incoming<RequestRefund>): Decision<RefundChange, RefundEvent, RefundAcceptance> {
    const earlier = books.refund(request);
    if (earlier) {
      if (earlier.bodyHash === request.bodyHash) return { answer: { kind: 'replayed', refund: earlier } };
      return { answer: { kind: 'refused', code: 'idempotency-key-reused', detail: 'This command id was used for another refund.' } };
    }
    const about = { tenantId: request.tenantId, saleId: request.body.saleId };
    const of = books.refundsOf(about);
    const refund = refundOf(request, books.receiptOf(about), of, this.#windowMs, now);
    if ('kind' in refund) return { answer: refund };
    return {
      changes: [{ refund, isNew: true, before: of.version }],
      messages: [requestedOf(refund)],
      effects: [eventOf('refund-accepted', refund)],
      answer: { kind: 'accepted', refund },
    };
  }
}

const requestedOf = ({ tenantId, storeId, saleId, refundId, commandId, tillId, bodyHash, totalMinor, acceptedAt, document: { currency, lines, parts, shiftId } }: Refund): contract.RefundRequested =>
  contract.RefundRequested({
    tenantId, storeId, saleId, refundId, commandId, tillId, currency, totalMinor,
    lines: [...lines], parts: [...parts], requestedAt: new Date(acceptedAt).toISOString(), requestHash: bodyHash, ...(shiftId !== undefined && { shiftId }),
  });
