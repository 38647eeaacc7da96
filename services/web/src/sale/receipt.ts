import type { SaleLine, Tender } from '@checkout/contracts';
import { saleTotals, type TaxMode } from '@checkout/kernel';
import { amountOn, rule, row, timeOn, wrapped } from './paper.ts';
import { changeMinorOf } from './tenders.ts';

export interface SoldGoods {
  readonly storeName: string;
  readonly tillId: string;
  readonly number: string;
  /** Milliseconds since 1970, by the till's clock. */
  readonly soldAt: number;
  readonly commandId: string;
  /** Of the back end, once it has the sale. */
  readonly saleId?: string | undefined;
  readonly lines: readonly SaleLine[];
  readonly taxMode: TaxMode;
  readonly currency: string;
  readonly tenders: readonly Tender[];
}

export interface ReceiptWords {
  readonly locale: string;
  readonly receipt: string;
  readonly subtotal: string;
  readonly total: string;
  readonly cash: string;
  readonly card: string;
  readonly change: string;
  readonly tax: string;
  readonly reference: string;
  readonly sale: string;
  readonly till: string;
}

/** A receipt in the till's language, from what this till knows by itself: so it can be printed whoever is away. The number is the store's once there is one. */
export function receiptText({ storeName, tillId, number, soldAt, commandId, saleId, lines, taxMode, currency, tenders }: SoldGoods, words: ReceiptWords): string {
  const amount = amountOn(currency, words.locale);
  const rate = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 2 });
  const { grossMinor, netMinor, taxMinor, taxes } = saleTotals(lines, taxMode);
  const change = changeMinorOf(tenders);
  return [
    ...wrapped(storeName),
    `${words.till} ${tillId}`,
    `${words.receipt} ${number}`,
    timeOn(words.locale)(soldAt),
    rule,
    ...lines.flatMap(({ description, quantity, unitPriceMinor }) =>
      quantity === 1 ? row(description, amount(unitPriceMinor)) : [...wrapped(description), ...row(`  ${quantity} x ${amount(unitPriceMinor)}`, amount(quantity * unitPriceMinor))]),
    rule,
    ...(taxMode === 'inclusive' ? [] : [...row(words.subtotal, amount(netMinor)), ...row(words.tax, amount(taxMinor))]),
    ...row(`${words.total} ${currency}`, amount(grossMinor)),
    ...tenders.flatMap((tender) => (tender.type === 'cash' ? row(words.cash, amount(tender.tenderedMinor)) : row(words.card, amount(tender.amountMinor)))),
    ...(change > 0 ? row(words.change, amount(change)) : []),
    rule,
    ...taxes.flatMap(({ taxRateBp, taxMinor: ofRate, grossMinor: gross }) => row(`${words.tax} ${rate.format(taxRateBp / 100)} % / ${amount(gross)}`, amount(ofRate))),
    rule,
    ...(saleId === undefined ? [] : [`${words.sale} ${saleId}`]),
    words.reference,
    commandId,
    '',
  ].join('\n');
}
