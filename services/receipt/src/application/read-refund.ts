import type { http } from '@checkout/contracts';
import type { RefundId, SaleId, StoreId, TenantId } from '@checkout/kernel';
import { refundable, totalsOf, type CreditNote, type Refund } from '../domain/refund.ts';
import { printed } from '../domain/receipt-number.ts';
import { renderCreditNote } from '../domain/render-credit-note.ts';
import type { RefundReader } from './refund-ports.ts';

/** One credit note, in both forms that a till may want. */
export interface ReadableCreditNote {
  readonly view: http.CreditNoteView;
  text(): string;
}

/** What a till reads before a refund, and after it. */
export class ReadRefund {
  readonly #refunds: RefundReader;
  readonly #windowMs: number;

  constructor(refunds: RefundReader, windowMs: number) {
    this.#refunds = refunds;
    this.#windowMs = windowMs;
  }

  byCommand(tenantId: TenantId, refundId: RefundId): Promise<Refund | undefined> {
    return this.#refunds.byCommand(tenantId, refundId);
  }

  /** What can still come back of a sale. */
  async refundable(tenantId: TenantId, saleId: SaleId): Promise<{ readonly storeId: StoreId; readonly view: http.RefundableView } | undefined> {
    const found = await this.#refunds.ofSale(tenantId, saleId);
    if (!found) return undefined;
    const { receipt, of } = found;
    return { storeId: receipt.storeId, view: refundable(receipt, printed(receipt.series, receipt.number), of, this.#windowMs) };
  }

  async creditNote(tenantId: TenantId, refundId: RefundId): Promise<ReadableCreditNote | undefined> {
    const refund = await this.#refunds.byCommand(tenantId, refundId);
    const note = refund?.creditNote;
    return refund && note && { view: viewOf(refund, note), text: () => renderCreditNote(refund, note) };
  }
}

function viewOf({ refundId, saleId, commandId, receiptNumber, storeId, tillId, document }: Refund, { series, number, issuedAt }: CreditNote): http.CreditNoteView {
  const { currency, taxMode, lines, parts, reason } = document;
  const { taxes, ...totals } = totalsOf(document);
  return { refundId, saleId, commandId, creditNoteNumber: printed(series, number), receiptNumber, storeId, tillId, issuedAt, currency, taxMode, lines: [...lines], taxes: [...taxes], ...totals, parts: [...parts], reason };
}
