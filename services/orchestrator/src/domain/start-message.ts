import type { BodyOf, checkout, inventory, receipt } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';

/** What a checkout knows: the message that started it. It never changes. */
export type Start = BodyOf<typeof checkout.CheckoutRequested>;

/** The names that every message of one sale carries. */
export const ofSale = ({ tenantId, storeId, saleId }: Start): { tenantId: TenantId; storeId: StoreId; saleId: SaleId } => ({ tenantId, storeId, saleId });

/** What the till asked for, as the ends of a sale repeat it. */
export const asked = ({ commandId, tillId, currency, totalMinor }: Start): Pick<Start, 'commandId' | 'tillId' | 'currency' | 'totalMinor'> => ({ commandId, tillId, currency, totalMinor });

export const stockLines = ({ lines }: Start): inventory.StockLine[] => lines.map(({ sku, quantity }) => ({ sku, quantity }));

/** Tenders as a receipt may show them: without the card's token. */
export const receiptTenders = ({ tenders }: Start): receipt.ReceiptTender[] =>
  tenders.map((tender) => ({
    type: tender.type,
    amountMinor: tender.amountMinor,
    tenderedMinor: tender.type === 'cash' ? tender.tenderedMinor : tender.amountMinor,
  }));

/** What a sale is about, without goods and tenders: enough to tell how it stands, and nothing that could pay again. */
export type Summary = Pick<Start, 'commandId' | 'tillId' | 'currency' | 'totalMinor' | 'requestedAt' | 'requestHash' | 'acceptedVia' | 'pricedFrom'>;

export const summaryOf = (start: Start): Summary => {
  const { requestedAt, requestHash, acceptedVia, pricedFrom } = start;
  return {
    ...asked(start), requestedAt,
    ...(requestHash !== undefined && { requestHash }), ...(acceptedVia && { acceptedVia }), ...(pricedFrom && { pricedFrom }),
  };
};
