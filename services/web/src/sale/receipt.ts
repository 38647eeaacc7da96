import type { SaleLine, Tender } from '@checkout/contracts';
import { formatMinor, saleTotals, type TaxMode } from '@checkout/kernel';
import { changeMinorOf } from './tenders.ts';

/** Columns of the paper that most receipt printers take (80 mm, font A). */
const columns = 42;

export interface SoldGoods {
  readonly storeName: string;
  readonly tillId: string;
  readonly number: string;
  /** Milliseconds since 1970, by the till's clock. */
  readonly soldAt: number;
  readonly commandId: string;
  readonly lines: readonly SaleLine[];
  readonly taxMode: TaxMode;
  readonly currency: string;
  readonly tenders: readonly Tender[];
}

export interface ReceiptWords {
  readonly receipt: string;
  readonly total: string;
  readonly cash: string;
  readonly card: string;
  readonly change: string;
  readonly tax: string;
  readonly reference: string;
  readonly till: string;
}

/** A receipt from what this till knows by itself, for when the store's own cannot be had. */
export function provisionalReceipt({ storeName, tillId, number, soldAt, commandId, lines, taxMode, currency, tenders }: SoldGoods, words: ReceiptWords): string {
  const amount = (minor: number): string => formatMinor({ minor, currency });
  const { grossMinor, taxes } = saleTotals(lines, taxMode);
  const change = changeMinorOf(tenders);
  return [
    storeName,
    `${words.till} ${tillId}`,
    `${words.receipt} ${number}`,
    `${new Date(soldAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    rule,
    ...lines.flatMap(({ description, quantity, unitPriceMinor }) =>
      quantity === 1 ? row(description, amount(unitPriceMinor)) : [description.slice(0, columns), ...row(`  ${quantity} x ${amount(unitPriceMinor)}`, amount(quantity * unitPriceMinor))]),
    rule,
    ...row(`${words.total} ${currency}`, amount(grossMinor)),
    ...tenders.flatMap((tender) => (tender.type === 'cash' ? row(words.cash, amount(tender.tenderedMinor)) : row(words.card, amount(tender.amountMinor)))),
    ...(change > 0 ? row(words.change, amount(change)) : []),
    rule,
    ...taxes.flatMap(({ taxRateBp, taxMinor }) => row(`${words.tax} ${taxRateBp / 100}%`, amount(taxMinor))),
    rule,
    words.reference,
    commandId,
    '',
  ].join('\n');
}

const rule = '-'.repeat(columns);

/** Text on the left, an amount at the right edge, on its own line when there is no room. */
function row(text: string, amount: string): string[] {
  const gap = columns - text.length - amount.length;
  return gap >= 1 ? [`${text}${' '.repeat(gap)}${amount}`] : [text.slice(0, columns), amount.padStart(columns)];
}
