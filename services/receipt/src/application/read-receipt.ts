import type { http } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Receipt } from '../domain/receipt.ts';
import { printed } from '../domain/receipt-number.ts';
import { render } from '../domain/render.ts';
import type { ReceiptReader } from './ports.ts';

/** One receipt, in both forms that a till may want. */
export interface ReadableReceipt {
  readonly view: http.ReceiptView;
  /** Rendered only when it is wanted. */
  text(): string;
}

export class ReadReceipt {
  readonly #receipts: Pick<ReceiptReader, 'bySale' | 'byNumber'>;

  constructor(receipts: Pick<ReceiptReader, 'bySale' | 'byNumber'>) {
    this.#receipts = receipts;
  }

  async bySale(tenantId: TenantId, saleId: SaleId): Promise<ReadableReceipt | undefined> {
    return readable(await this.#receipts.bySale(tenantId, saleId));
  }

  async byNumber(tenantId: TenantId, storeId: StoreId, series: string, number: number): Promise<ReadableReceipt | undefined> {
    return readable(await this.#receipts.byNumber(tenantId, storeId, series, number));
  }
}

const readable = (receipt: Receipt | undefined): ReadableReceipt | undefined => receipt && { view: viewOf(receipt), text: () => render(receipt) };

function viewOf({ saleId, commandId, storeId, tillId, series, number, issuedAt, document }: Receipt): http.ReceiptView {
  const { lines, taxes, tenders, ...rest } = document;
  return {
    saleId,
    commandId,
    receiptNumber: printed(series, number),
    storeId,
    tillId,
    issuedAt,
    ...rest,
    lines: [...lines],
    taxes: [...taxes],
    tenders: [...tenders],
  };
}
