import type { http } from '@checkout/contracts';
import type { ReceiptDocument } from './receipt.ts';
import type { Shift } from './shift.ts';

/** What was given back, and by which way. */
export interface GivenBack {
  readonly commandId: string;
  readonly totalMinor: number;
  readonly parts: readonly { readonly via: 'card' | 'cash'; readonly amountMinor: number }[];
}

type Sold = Pick<ReceiptDocument, 'grossMinor' | 'taxes' | 'tenders'>;

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** What a shift came to, by the sales that have reached the server and the cash that the till says it moved. Change has been taken off: a tender's amount is what it paid. */
export function figuresOf({ opened, movements, entryIds }: Pick<Shift, 'opened' | 'movements' | 'entryIds'>, sales: readonly Sold[], refunds: readonly GivenBack[] = []): http.ShiftFigures {
  const tenders = (['cash', 'card'] as const).map((type) => {
    const paid = sales.flatMap((sale) => sale.tenders.filter((tender) => tender.type === type));
    return { type, count: paid.length, amountMinor: sum(paid.map(({ amountMinor }) => amountMinor)) };
  });
  const moved = (direction: 'in' | 'out') => sum(movements.filter((each) => each.direction === direction).map(({ amountMinor }) => amountMinor));
  const [cashInMinor, cashOutMinor] = [moved('in'), moved('out')];
  const cashMinor = tenders.find(({ type }) => type === 'cash')?.amountMinor ?? 0;
  const cashOf = (given: readonly GivenBack[]) => sum(given.flatMap(({ parts }) => parts).filter(({ via }) => via === 'cash').map(({ amountMinor }) => amountMinor));
  // A till that has entered a refund's cash as moved out did so under the refund's command: it left the drawer once.
  const notEntered = refunds.filter(({ commandId }) => !entryIds.includes(commandId));
  return {
    sales: sales.length,
    grossMinor: sum(sales.map(({ grossMinor }) => grossMinor)),
    taxes: taxesOf(sales),
    tenders,
    cashInMinor,
    cashOutMinor,
    ...(refunds.length > 0 && { refunds: { count: refunds.length, grossMinor: sum(refunds.map(({ totalMinor }) => totalMinor)), cashMinor: cashOf(refunds) } }),
    expectedCashMinor: (opened?.floatMinor ?? 0) + cashMinor + cashInMinor - cashOutMinor - cashOf(notEntered),
  };
}

function taxesOf(sales: readonly Sold[]): http.ShiftFigures['taxes'] {
  const byRate = Map.groupBy(sales.flatMap(({ taxes }) => taxes), ({ taxRateBp }) => taxRateBp);
  return [...byRate].sort(([a], [b]) => a - b).map(([taxRateBp, taxes]) => ({
    taxRateBp, netMinor: sum(taxes.map(({ netMinor }) => netMinor)), taxMinor: sum(taxes.map(({ taxMinor }) => taxMinor)), grossMinor: sum(taxes.map(({ grossMinor }) => grossMinor)),
  }));
}
