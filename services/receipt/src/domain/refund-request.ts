import type { Code, http, refund as contract } from '@checkout/contracts';
import { givenBackWith, moneyParts, returnedTotals, sumMinor, type CommandId, type GivenBack, type RefundId, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import { givenBackOf, moneyGivenBack, type Refund, type RefundsOfSale } from './refund.ts';
import type { Receipt } from './receipt.ts';
import { printed } from './receipt-number.ts';

/** A till's request as it came in. Tenant, store and till are from the token, never from the body. */
export interface RefundRequest {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  readonly commandId: CommandId;
  readonly refundId: RefundId;
  readonly bodyHash: string;
  readonly body: http.RefundBody;
}

export type RefundRefusalCode = Extract<Code,
  | 'refund-sale-unknown' | 'refund-other-store' | 'refund-window-closed' | 'refund-line-unknown' | 'refund-exceeds-sale' | 'refund-too-large' | 'refund-total-mismatch' | 'idempotency-key-reused'>;

/** A refusal is a normal answer: nothing was stored, no money moves. `pointer` is a JSON pointer into the body. */
export interface RefundRefusal {
  readonly kind: 'refused';
  readonly code: RefundRefusalCode;
  readonly detail: string;
  readonly pointer?: string;
}

const refusal = (code: RefundRefusalCode, detail: string, pointer?: string): RefundRefusal => ({ kind: 'refused', code, detail, ...(pointer !== undefined && { pointer }) });

/** Whether a sale may be refunded now, and what that comes to. It must equal what the till has told the customer. */
export function refundOf(request: RefundRequest, receipt: Receipt | undefined, of: RefundsOfSale, windowMs: number, now: number): Refund | RefundRefusal {
  const { body: { saleId, moneyBack, totalMinor, reason, shiftId }, tenantId, storeId, tillId, commandId, refundId, bodyHash } = request;
  if (!receipt) return refusal('refund-sale-unknown', 'There is no completed sale of this id.', '/saleId');
  if (receipt.storeId !== storeId) return refusal('refund-other-store', 'The sale is of another store of this tenant.', '/saleId');
  if (now - Date.parse(receipt.issuedAt) > windowMs) return refusal('refund-window-closed', `The sale was completed at ${receipt.issuedAt}.`, '/saleId');
  const lines = linesOf(request, receipt, of);
  if ('kind' in lines) return lines;
  if (!fitsOntoTheBus(lines)) return refusal('refund-too-large', 'The lines are more than one credit note can hold; refund them in parts.', '/lines');

  const comesTo = sumMinor(lines.map(({ grossMinor }) => grossMinor));
  if (comesTo !== totalMinor) return refusal('refund-total-mismatch', `The till says ${totalMinor}, the lines come to ${comesTo}.`, '/totalMinor');
  const { currency, taxMode, tenders } = receipt.document;
  const parts = moneyParts(tenders, moneyGivenBack(of), totalMinor, moneyBack);
  if (sumMinor(parts.map(({ amountMinor }) => amountMinor)) !== totalMinor) return refusal('refund-exceeds-sale', 'The payments have not that much left.', '/totalMinor');
  return {
    tenantId, storeId, saleId, refundId, commandId, tillId, bodyHash, totalMinor,
    receiptNumber: printed(receipt.series, receipt.number), state: 'accepted', acceptedAt: now,
    document: { currency, taxMode, lines, parts, reason, ...(shiftId !== undefined && { shiftId }) },
  };
}

/** Lines and tax summary of the largest message that a refund leads to, in bytes. */
const mostLineBytes = 140_000;
/** One rate of a tax summary with the largest amounts, as JSON. */
const bytesPerRate = 100;

/** Whether every message of the refund fits onto the bus. One that did not would be found out only when the money has gone back. */
const fitsOntoTheBus = (lines: readonly contract.RefundLine[]): boolean =>
  Buffer.byteLength(JSON.stringify(lines)) + bytesPerRate * new Set(lines.map(({ taxRateBp }) => taxRateBp)).size <= mostLineBytes;

/** Line after line, so that pieces of one line that go different ways never come to more than the line. */
function linesOf({ body }: RefundRequest, { document }: Receipt, of: RefundsOfSale): contract.RefundLine[] | RefundRefusal {
  const given = new Map<number, GivenBack>();
  const lines: contract.RefundLine[] = [];
  for (const [index, { line, quantity, goods }] of body.lines.entries()) {
    const sold = document.lines[line - 1];
    if (!sold) return refusal('refund-line-unknown', `The receipt has ${document.lines.length} lines.`, `/lines/${index}/line`);
    const before = given.get(line) ?? givenBackOf(of, line);
    const left = sold.quantity - before.quantity;
    if (quantity > left) return refusal('refund-exceeds-sale', `Of line ${line} ${left} can come back.`, `/lines/${index}/quantity`);
    const totals = returnedTotals(sold, document.taxMode, before, quantity);
    given.set(line, givenBackWith(before, quantity, totals));
    lines.push({ line, sku: sold.sku, description: sold.description, quantity, goods, taxRateBp: sold.taxRateBp, ...totals });
  }
  return lines;
}
