import { receipt, saleEvents } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { receiptOf, type Receipt } from '../domain/receipt.ts';
import { printed, saleSeries } from '../domain/receipt-number.ts';
import type { Receipts } from '../domain/receipts.ts';
import type { Change, Need, ReceiptEvent, ReceiptHandler } from './ports.ts';

/**
 * Gives a paid sale its number and tells the outside about it. The number is taken in the transaction that writes the receipt, so that
 * a crash leaves no gap; asked again, the sale keeps its number, and the outside is not told a second time.
 */
export class IssueReceipt implements ReceiptHandler<receipt.IssueReceipt> {
  needs({ body: { tenantId, storeId, saleId } }: receipt.IssueReceipt): readonly Need[] {
    return [{ tenantId, storeId, saleId }];
  }

  decide(receipts: Receipts, { message: { body }, now }: Incoming<receipt.IssueReceipt>): Decision<Change, ReceiptEvent> {
    const { tenantId, storeId, saleId } = body;
    const earlier = receipts.of(tenantId, saleId);
    if (earlier) return { messages: [answerOf(earlier)], effects: [eventOf('asked-again', earlier)] };

    const issued = receiptOf(body, saleSeries, receipts.lastNumberOf(tenantId, storeId, saleSeries) + 1, now);
    return { changes: [issued], messages: [answerOf(issued), saleCompleted(issued)], effects: [eventOf('issued', issued)] };
  }
}

const answerOf = ({ tenantId, storeId, saleId, series, number }: Receipt) =>
  receipt.ReceiptIssued({ tenantId, storeId, saleId, receiptNumber: printed(series, number) });

function saleCompleted({ tenantId, storeId, saleId, commandId, tillId, series, number, issuedAt, document }: Receipt) {
  const { changeMinor: _, pricedFrom: __, lines, taxes, tenders, ...rest } = document;
  return saleEvents.SaleCompleted({
    tenantId,
    storeId,
    saleId,
    commandId,
    tillId,
    receiptNumber: printed(series, number),
    receiptSeries: series,
    receiptSequence: number,
    ...rest,
    lines: [...lines],
    taxes: [...taxes],
    tenders: [...tenders],
    completedAt: issuedAt,
  });
}

const eventOf = (event: ReceiptEvent['event'], { tenantId, storeId, saleId, series, number }: Receipt): ReceiptEvent => ({
  event,
  tenantId,
  storeId,
  saleId,
  receiptNumber: printed(series, number),
});
