import type { http, SaleLine } from '@checkout/contracts';
import type { Basket } from './basket.ts';

/** A basket that was put aside: at the back end, for every till of the store, or here alone. */
export interface Parked {
  readonly parkedId: string;
  /** Called out; absent for one that is here alone. */
  readonly number?: number | undefined;
  readonly name?: string | undefined;
  readonly tillId: string;
  readonly lines: readonly SaleLine[];
  readonly totalMinor: number;
  /** Milliseconds since 1970. */
  readonly parkedAt: number;
  readonly isHereAlone: boolean;
}

export const parkedElsewhere = ({ parkedId, number, name, tillId, lines, totalMinor, parkedAt }: http.ParkedSale): Parked =>
  ({ parkedId, number, name, tillId, lines, totalMinor, parkedAt: Date.parse(parkedAt), isHereAlone: false });

/** The basket as it was parked, at the prices of that moment: they are looked at anew afterwards. */
export const basketOf = (lines: readonly SaleLine[]): Basket =>
  lines.map(({ sku, description, unitPriceMinor, taxRateBp, quantity }) => ({ product: { sku, description, unitPriceMinor, taxRateBp }, quantity }));

export const linesOf = (basket: Basket): SaleLine[] =>
  basket.map(({ product: { sku, description, unitPriceMinor, taxRateBp }, quantity }) => ({ sku, description, quantity, unitPriceMinor, taxRateBp }));
