import type { http } from '@checkout/contracts';
import { amountOn, centred, rule, row, timeOn, wrapped } from './paper.ts';
import type { Words } from '../words/index.ts';

export interface ShiftOnPaper {
  readonly storeName: string;
  readonly tillId: string;
  readonly currency: string;
  readonly opened: Extract<http.ShiftEntry, { kind: 'opened' }>;
  readonly figures: http.ShiftFigures;
  /** With it, it is the final report; without, an interim one. */
  readonly closed?: Extract<http.ShiftEntry, { kind: 'closed' }> | undefined;
  readonly reportNumber?: string | undefined;
  /** Milliseconds since 1970. */
  readonly printedAt: number;
}

/** An X report (how it stands) or a Z report (how it was closed), for a printer. */
export function shiftText({ storeName, tillId, currency, opened, figures, closed, reportNumber, printedAt }: ShiftOnPaper, { locale, till, cash, card, tax, total, shift: say }: Words): string {
  const amount = amountOn(currency, locale);
  const time = timeOn(locale);
  return [
    ...wrapped(storeName),
    `${till} ${tillId}`,
    centred(closed ? say.finalReport : say.interimReport),
    ...(closed ? row(say.reportOfTill, String(closed.tillReportNumber)) : []),
    ...(reportNumber === undefined ? [] : row(say.reportOfStore, reportNumber)),
    ...row(say.openedAt, time(opened.at)),
    ...row(closed ? say.closedAt : say.printedAt, time(closed?.at ?? printedAt)),
    rule,
    ...row(`${say.sales} (${figures.sales})`, amount(figures.grossMinor)),
    ...figures.tenders.flatMap(({ type, count, amountMinor }) => row(`  ${{ cash, card }[type]} (${count})`, amount(amountMinor))),
    ...figures.taxes.flatMap(({ taxRateBp, taxMinor, grossMinor }) => row(`  ${tax} ${taxRateBp / 100} % / ${amount(grossMinor)}`, amount(taxMinor))),
    rule,
    ...row(say.float, amount(opened.floatMinor)),
    ...row(say.cashSales, amount(figures.tenders.find(({ type }) => type === 'cash')?.amountMinor ?? 0)),
    ...row(say.cashIn, amount(figures.cashInMinor)),
    ...row(say.cashOut, amount(-figures.cashOutMinor)),
    ...row(`${say.expected} ${currency}`, amount(figures.expectedCashMinor)),
    ...(closed ? [
      ...(closed.coins ?? []).filter(({ count }) => count > 0).flatMap(({ valueMinor, count }) => row(`  ${count} x ${amount(valueMinor)}`, amount(count * valueMinor))),
      ...row(say.counted, amount(closed.countedMinor)),
      ...row(say.difference, amount(closed.countedMinor - figures.expectedCashMinor)),
    ] : []),
    ...(closed && closed.carriedOver.length > 0 ? [
      rule, say.carriedOver(closed.carriedOver.length),
      ...closed.carriedOver.flatMap(({ provisionalNumber, why, totalMinor }) => [...row(provisionalNumber, amount(totalMinor)), `  ${say.why[why]}`]),
      ...row(total.toUpperCase(), amount(closed.carriedOver.reduce((sum, { totalMinor }) => sum + totalMinor, 0))),
    ] : []),
    '',
  ].join('\n');
}
