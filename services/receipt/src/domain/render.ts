import type { receipt, SaleLine } from '@checkout/contracts';
import { formatMinor } from '@checkout/kernel';
import { paperColumns, rule, withAmount, wrapped } from './paper.ts';
import type { Receipt, ReceiptDocument } from './receipt.ts';
import { printed } from './receipt-number.ts';

type Format = (minor: number) => string;

/** The receipt as a till prints it: 42 columns, amounts at the right edge, times in UTC. Rendered when read, so that a better layout needs no new data. */
export function render(issued: Receipt): string {
  const { storeId, tillId, series, number, issuedAt, saleId, document } = issued;
  const format: Format = (minor) => formatMinor({ minor, currency: document.currency });
  return [
    ...wrapped(`Store ${storeId}`),
    ...wrapped(`Till ${tillId}`),
    `Receipt ${printed(series, number)}`,
    `${issuedAt.slice(0, 10)} ${issuedAt.slice(11, 19)} UTC`,
    rule,
    ...document.lines.flatMap((line) => saleLine(line, format)),
    rule,
    ...totals(document, format),
    ...document.tenders.flatMap((tender) => paid(tender, format)),
    ...(document.changeMinor > 0 ? withAmount('Change', format(document.changeMinor)) : []),
    rule,
    ...taxSummary(document, format),
    rule,
    `Sale ${saleId}`,
    '',
  ].join('\n');
}

function saleLine({ description, quantity, unitPriceMinor }: SaleLine, format: Format): string[] {
  const amount = format(quantity * unitPriceMinor);
  if (quantity === 1) return withAmount(description, amount);
  return [...wrapped(description), ...withAmount(`${quantity} x ${format(unitPriceMinor)}`, amount, '  ')];
}

/** Where tax is added at the till, the customer sees what was added. */
function totals({ currency, taxMode, netMinor, taxMinor, grossMinor }: ReceiptDocument, format: Format): string[] {
  const total = withAmount(`TOTAL ${currency}`, format(grossMinor));
  return taxMode === 'inclusive' ? total : [...withAmount('Subtotal', format(netMinor)), ...withAmount('Tax', format(taxMinor)), ...total];
}

/** Of cash, what was handed over; the change follows. */
const paid = ({ type, amountMinor, tenderedMinor }: receipt.ReceiptTender, format: Format): string[] =>
  type === 'cash' ? withAmount('Cash', format(tenderedMinor)) : withAmount('Card', format(amountMinor));

const amountColumns = 12;
const columns = (rate: string, amounts: readonly string[]): string =>
  rate.padEnd(paperColumns - amounts.length * amountColumns) + amounts.map((amount) => amount.padStart(amountColumns)).join('');

export const taxSummary = ({ taxes }: Pick<ReceiptDocument, 'taxes'>, format: Format): string[] => [
  columns('Tax', ['Net', 'Tax', 'Gross']),
  ...taxes.flatMap(({ taxRateBp, netMinor, taxMinor, grossMinor }) => taxRow(`${taxRateBp / 100}%`, format(netMinor), format(taxMinor), format(grossMinor))),
];

/** Amounts too wide to stand side by side stand below each other: a hundred million rupiah is a refrigerator or two. */
function taxRow(rate: string, net: string, tax: string, gross: string): string[] {
  const fits = [net, tax, gross].every((amount) => amount.length < amountColumns);
  return fits ? [columns(rate, [net, tax, gross])] : [rate, ...withAmount('Net', net, '  '), ...withAmount('Tax', tax, '  '), ...withAmount('Gross', gross, '  ')];
}
