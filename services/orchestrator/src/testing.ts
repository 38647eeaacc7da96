import { checkout as contract, inventory, payment, receipt, type Envelope, type Message, type refund } from '@checkout/contracts';
import { aCheckout, aRefund } from '@checkout/contracts/testing';
import type { Decision } from '@checkout/messaging';
import type { CheckoutHandler, Checkouts, RefundHandler, Refunds } from './application/ports.ts';
import type { Change, Checkout } from './domain/checkout.ts';
import type { RefundChange, RefundRun } from './domain/refund.ts';
import { ofRefund, type RefundStart } from './domain/refund-start.ts';
import { ofSale, type Start } from './domain/start-message.ts';

/** A shop for the specs: checkouts in memory, seen by one message after the other as the pipeline shows them to a batch. */
export class Desk implements Checkouts {
  readonly #checkouts = new Map<string, Checkout>();
  readonly changes: Change[] = [];
  now = Date.parse('2026-01-05T12:00:00.000Z');

  find(tenantId: string, saleId: string): Checkout | undefined {
    return this.#checkouts.get(`${tenantId}/${saleId}`);
  }

  /** Decides one message and keeps what came of it. */
  handle<M extends Message, Answer = void>(handler: CheckoutHandler<M, Answer>, message: M, traceparent?: string): Decision<Change, never, Answer> {
    const { tenantId } = message.body as { readonly tenantId: Envelope['tenantId'] };
    const envelope: Envelope = { id: 'message-1', source: '/services/test', type: message.type, time: '', tenantId, ...(traceparent && { traceparent }) };
    const decision = handler.decide(this, { message, envelope, now: this.now });
    for (const change of decision.changes ?? []) {
      this.#checkouts.set(`${change.after.tenantId}/${change.after.saleId}`, change.after);
      this.changes.push(change);
    }
    return decision;
  }
}

/** A request, and what each participant may answer about it. */
export const aSale = (request: contract.CheckoutRequested = aCheckout()) => ({ request, start: request.body, ...repliesTo(request.body) });

const repliesTo = (start: Start) => {
  const sale = ofSale(start);
  return {
    reserved: inventory.StockReserved({ ...sale, expiresAt: '2026-01-05T12:15:00.000Z' }),
    short: inventory.StockRefused({ ...sale, shortages: [{ sku: start.lines[0]?.sku ?? '', wanted: 2, available: 1 }] }),
    released: inventory.StockReleased(sale),
    authorized: payment.PaymentAuthorized({ ...sale, totalMinor: start.totalMinor }),
    declined: payment.PaymentDeclined({ ...sale, position: 1, declineCode: 'insufficient-funds' }),
    stalled: payment.PaymentStalled({ ...sale, reason: 'provider-contradiction' }),
    captured: payment.PaymentCaptured({ ...sale, capturedMinor: start.totalMinor, changeMinor: 0 }),
    committed: inventory.StockCommitted(sale),
    issued: receipt.ReceiptIssued({ ...sale, receiptNumber: 'S-000001' }),
  };
};

/** Refunds in memory, as {@link Desk} has checkouts. */
export class RefundDesk implements Refunds {
  readonly #refunds = new Map<string, RefundRun>();
  readonly changes: RefundChange[] = [];
  now = Date.parse('2026-01-06T12:00:00.000Z');

  findRefund(tenantId: string, refundId: string): RefundRun | undefined {
    return this.#refunds.get(`${tenantId}/${refundId}`);
  }

  handle<M extends Message>(handler: RefundHandler<M>, message: M): Decision<RefundChange> {
    const { tenantId } = message.body as { readonly tenantId: Envelope['tenantId'] };
    const decision = handler.decide(this, { message, envelope: { id: 'message-1', source: '/services/test', type: message.type, time: '', tenantId }, now: this.now });
    for (const change of decision.changes ?? []) {
      this.#refunds.set(`${change.after.tenantId}/${change.after.refundId}`, change.after);
      this.changes.push(change);
    }
    return decision;
  }
}

/** A request for a refund, and what each participant may answer about it. */
export const aReturn = (request: refund.RefundRequested = aRefund()) => ({ request, start: request.body, ...repliesToRefund(request.body) });

const repliesToRefund = (start: RefundStart) => {
  const of = ofRefund(start);
  return {
    refunded: payment.PaymentRefunded({ ...of, totalMinor: start.totalMinor, parts: start.parts }),
    declined: payment.RefundDeclined({ ...of, position: 1, declineCode: 'account_closed' }),
    stalled: payment.RefundStalled({ ...of, reason: 'unresolved' }),
    returned: inventory.StockReturned(of),
    noted: receipt.CreditNoteIssued({ ...of, creditNoteNumber: 'C-000001' }),
  };
};
