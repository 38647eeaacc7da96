import type { KeptSale } from '../journal/book.ts';
import { receiptText } from '../sale/receipt.ts';
import { PrintedPaper } from './paper.tsx';
import { useTill } from './use-till.ts';

/** The receipt in the language of the till, under the store's number once there is one. */
export function ReceiptPaper({ sale }: { readonly sale: KeptSale }) {
  const { view, say } = useTill();
  const status = sale.standing.state === 'ended' && sale.standing.status.state === 'completed' ? sale.standing.status : undefined;
  const { soldAt, commandId, lines, taxMode, body: { currency, tenders } } = sale;
  const text = receiptText({
    storeName: view.catalogue?.store.name ?? view.tillId, tillId: view.tillId, number: status?.receiptNumber ?? sale.provisionalNumber,
    soldAt, commandId, saleId: status?.saleId, lines, taxMode, currency, tenders,
  }, { ...say, receipt: status ? say.receipt : say.provisional, total: say.total.toUpperCase() });
  return <PrintedPaper label={say.receipt} text={text} />;
}
