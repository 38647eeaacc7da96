import type { http } from '@checkout/contracts';
import { saleTotals } from '@checkout/kernel';
import { isException, type Book, type KeptSale } from '../journal/book.ts';
import type { TillShift } from '../journal/drawer.ts';

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Whether the money of a sale is taken for taken: it is done, its goods have gone, or it is on its way. */
const counts = ({ standing, releasedAt }: KeptSale): boolean =>
  releasedAt !== undefined || standing.state === 'waiting' || standing.state === 'accepted' || (standing.state === 'ended' && standing.status.state === 'completed');

/** What a shift has come to, by what this till has done in it: without asking anybody. */
export function figuresOf({ opened, movements }: TillShift, { sales: all }: Book): http.ShiftFigures {
  const sales = [...all.values()].filter((sale) => sale.body.shiftId === opened.shiftId && counts(sale));
  const tenders = (['cash', 'card'] as const).map((type) => {
    const paid = sales.flatMap(({ body }) => body.tenders.filter((tender) => tender.type === type));
    return { type, count: paid.length, amountMinor: sum(paid.map(({ amountMinor }) => amountMinor)) };
  });
  const moved = (direction: 'in' | 'out') => sum(movements.filter((each) => each.direction === direction).map(({ amountMinor }) => amountMinor));
  const [cashInMinor, cashOutMinor] = [moved('in'), moved('out')];
  return {
    sales: sales.length,
    grossMinor: sum(sales.map(({ body }) => body.totalMinor)),
    taxes: taxesOf(sales),
    tenders, cashInMinor, cashOutMinor,
    expectedCashMinor: opened.floatMinor + (tenders[0]?.amountMinor ?? 0) + cashInMinor - cashOutMinor,
  };
}

function taxesOf(sales: readonly KeptSale[]): http.ShiftFigures['taxes'] {
  const byRate = Map.groupBy(sales.flatMap(({ lines, taxMode }) => saleTotals(lines, taxMode).taxes), ({ taxRateBp }) => taxRateBp);
  return [...byRate].sort(([a], [b]) => a - b).map(([taxRateBp, taxes]) => ({
    taxRateBp, netMinor: sum(taxes.map(({ netMinor }) => netMinor)), taxMinor: sum(taxes.map(({ taxMinor }) => taxMinor)), grossMinor: sum(taxes.map(({ grossMinor }) => grossMinor)),
  }));
}

/** Longer than a sale takes when all is well. */
const longMs = 20_000;

/** What is not finished, of whichever shift: closing does not wait for it, it is carried over and followed up. */
export const carriedOverOf = ({ sales }: Book, now: number): http.CarriedOver[] =>
  [...sales.values()].flatMap((sale) => {
    const why = whyOpen(sale, now);
    return why ? [{ commandId: sale.commandId, provisionalNumber: sale.provisionalNumber, totalMinor: sale.body.totalMinor, why }] : [];
  });

function whyOpen(sale: KeptSale, now: number): http.CarriedOver['why'] | undefined {
  if (isException(sale)) return 'needs-person';
  if (sale.standing.state === 'accepted') return now - sale.soldAt > longMs ? 'unknown' : 'under-way';
  if (sale.standing.state !== 'waiting') return undefined;
  return sale.releasedAt === undefined && now - sale.soldAt > longMs ? 'unknown' : 'unsent';
}
