import type { LeftShop, PricedFrom, receipt, SaleLine } from '@checkout/contracts';
import { assert, saleTotals, sumMinor, type CommandId, type SaleId, type SaleTotals, type ShiftId, type StoreId, type TaxMode, type TenantId, type TillId } from '@checkout/kernel';

/** What the customer bought and how it was paid: all that is printed between the number and the last line. */
export interface ReceiptDocument extends SaleTotals {
  readonly currency: string;
  readonly taxMode: TaxMode;
  readonly lines: readonly SaleLine[];
  /** No token, nothing that could pay again. */
  readonly tenders: readonly receipt.ReceiptTender[];
  readonly changeMinor: number;
  /** The catalogue could not be read: the prices are those of a copy of that date. Absent on nearly every receipt. */
  readonly pricedFrom?: PricedFrom;
  /** The till's shift in which it was sold. */
  readonly shiftId?: ShiftId;
  /** The goods had gone before the sale was heard of. */
  readonly leftShop?: LeftShop;
}

/** The receipt of one paid sale. Numbers count from 1 without gaps for each store and series. */
export interface Receipt {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly commandId: CommandId;
  readonly tillId: TillId;
  readonly series: string;
  readonly number: number;
  readonly issuedAt: string;
  readonly document: ReceiptDocument;
}

type IssueReceipt = receipt.IssueReceipt['body'];

export function receiptOf(sale: IssueReceipt, series: string, number: number, issuedAtMs: number): Receipt {
  const { tenantId, storeId, saleId, commandId, tillId } = sale;
  return { tenantId, storeId, saleId, commandId, tillId, series, number, issuedAt: new Date(issuedAtMs).toISOString(), document: documentOf(sale) };
}

function documentOf({ saleId, currency, taxMode, lines, tenders, totalMinor, pricedFrom, shiftId, leftShop }: IssueReceipt): ReceiptDocument {
  const totals = saleTotals(lines, taxMode);
  assert(totals.grossMinor === totalMinor, `sale ${saleId} was paid with ${totalMinor} and its lines come to ${totals.grossMinor}`);
  const changeMinor = sumMinor(tenders.map(({ amountMinor, tenderedMinor }) => tenderedMinor - amountMinor));
  return { currency, taxMode, lines, ...totals, tenders, changeMinor, ...(pricedFrom && { pricedFrom }), ...(shiftId !== undefined && { shiftId }), ...(leftShop && { leftShop }) };
}
