import { formatMinor } from '@checkout/kernel';
import { rule, withAmount, wrapped } from './paper.ts';
import { printed } from './receipt-number.ts';
import { amountVia, totalsOf, type CreditNote, type Refund } from './refund.ts';
import { taxSummary } from './render.ts';

/** The credit note as a till prints it, laid out as the receipt is: it names that receipt, what came back, and by which way the money went. */
export function renderCreditNote({ storeId, tillId, receiptNumber, saleId, totalMinor, document }: Refund, { series, number, issuedAt }: CreditNote): string {
  const format = (minor: number): string => formatMinor({ minor, currency: document.currency });
  const [card, cash] = [amountVia(document.parts, 'card'), amountVia(document.parts, 'cash')];
  return [
    ...wrapped(`Store ${storeId}`),
    ...wrapped(`Till ${tillId}`),
    `Credit note ${printed(series, number)}`,
    `For receipt ${receiptNumber}`,
    `${issuedAt.slice(0, 10)} ${issuedAt.slice(11, 19)} UTC`,
    rule,
    ...document.lines.flatMap(({ description, quantity, grossMinor }) => withAmount(quantity === 1 ? description : `${quantity} x ${description}`, format(grossMinor))),
    rule,
    ...withAmount(`REFUND ${document.currency}`, format(totalMinor)),
    ...(card > 0 ? withAmount('To card', format(card)) : []),
    ...(cash > 0 ? withAmount('Cash', format(cash)) : []),
    rule,
    ...taxSummary(totalsOf(document), format),
    rule,
    ...wrapped(`Reason: ${document.reason}`),
    `Sale ${saleId}`,
    '',
  ].join('\n');
}
