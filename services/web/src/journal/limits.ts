import { cardMinorOf, type Book } from './book.ts';

/** What a till may take on cards while it cannot ask whether they are good. Cash has no limit: it is in the drawer. */
export interface Limits {
  readonly perSaleMinor: number;
  readonly sumMinor: number;
  readonly count: number;
  /** Of the oldest card sale that has not been confirmed. */
  readonly ageMs: number;
}

export type Exceeded = 'cash-alone' | 'per-sale' | 'sum' | 'count' | 'age';

/** What the shop would lose if no card were good, from sales whose goods have gone. */
export interface Exposure {
  readonly sumMinor: number;
  readonly count: number;
  /** When the oldest was sold; absent when there are none. */
  readonly since?: number;
}

export function exposureOf({ sales }: Book): Exposure {
  const open = [...sales.values()].filter((sale) => sale.releasedAt !== undefined && (sale.standing.state === 'waiting' || sale.standing.state === 'parked') && cardMinorOf(sale) > 0);
  const sumMinor = open.reduce((sum, sale) => sum + cardMinorOf(sale), 0);
  return { sumMinor, count: open.length, ...(open[0] && { since: Math.min(...open.map(({ soldAt }) => soldAt)) }) };
}

/** The limit that a card sale would break, if any. */
export function exceededBy(cardMinor: number, exposure: Exposure, limits: Limits, now: number): Exceeded | undefined {
  if (cardMinor === 0) return undefined;
  if (limits.count === 0) return 'cash-alone';
  if (cardMinor > limits.perSaleMinor) return 'per-sale';
  if (exposure.sumMinor + cardMinor > limits.sumMinor) return 'sum';
  if (exposure.count + 1 > limits.count) return 'count';
  if (exposure.since !== undefined && now - exposure.since > limits.ageMs) return 'age';
  return undefined;
}
