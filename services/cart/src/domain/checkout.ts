import type { checkout, http, LeftShop } from '@checkout/contracts';
import type { z } from 'zod';
import type { CommandId, SaleId, StoreId, TenantId, TillId } from '@checkout/kernel';

/** How a checkout ended. `endedAt` is in milliseconds since 1970. */
export type Ending =
  | { readonly state: 'completed'; readonly receiptNumber: string; readonly changeMinor: number; readonly endedAt: number; readonly shortages?: readonly z.output<typeof checkout.Shortage>[] }
  | { readonly state: 'declined' | 'rejected' | 'cancelled'; readonly reason: checkout.Reason; readonly endedAt: number };

/** What cart knows of one checkout command: what was accepted, and how it ended. It ends once; then it never changes. */
export interface Checkout {
  readonly tenantId: TenantId;
  readonly commandId: CommandId;
  readonly saleId: SaleId;
  readonly storeId: StoreId;
  /** Absent for a sale that came straight over the bus: its ending does not say which till asked. */
  readonly tillId?: TillId;
  /** What was asked, as a hash. Absent for a sale that was made straight over the bus. */
  readonly bodyHash?: string;
  /** The basket that this checkout holds closed. */
  readonly basketId?: SaleId;
  readonly currency: string;
  readonly totalMinor: number;
  /** By which route it was accepted first, as far as is known. */
  readonly acceptedVia: http.AcceptedVia;
  /** When the copy of the catalogue was made that its prices are from, in milliseconds since 1970. Absent when they are the catalogue's own. */
  readonly pricedAt?: number;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
  readonly ending?: Ending;
  /** The goods had gone before the sale was heard of: what is flagged about it. */
  readonly leftShop?: LeftShop;
  /** A person has to look, as the orchestrator said a moment ago. Never stored: only it knows when nobody has to any more. */
  readonly needsAttention?: true;
  readonly version: number;
}

/** Whether two may be the same sale, by all that is known of one that came straight over the bus. */
export const isSameSale = (a: Asked, b: Asked): boolean =>
  a.storeId === b.storeId && (a.tillId ?? b.tillId) === (b.tillId ?? a.tillId) && a.currency === b.currency && a.totalMinor === b.totalMinor;
type Asked = Pick<Checkout, 'storeId' | 'tillId' | 'currency' | 'totalMinor'>;

export const stateOf = ({ ending, needsAttention }: Checkout): http.CheckoutState => ending?.state ?? (needsAttention ? 'needs-attention' : 'accepted');

/** Which of the three unhappy ends a reason means to a till: goods missing, money refused, or neither. */
export function stateFor({ code }: checkout.Reason): 'declined' | 'rejected' | 'cancelled' {
  switch (code) {
    case 'stock-short':
      return 'rejected';
    case 'payment-declined':
    case 'capture-refused':
      return 'declined';
    default:
      // Later reasons land here too: a till that is told "cancelled" starts again, which is right for all of them.
      return 'cancelled';
  }
}

/**
 * Whether money moved, as far as anyone can say. Until the end has been heard the payment may be at any point between asked for
 * and captured, so the honest answer is "unknown". After an unhappy end whatever was held has been given back.
 */
export function moneyMoved({ ending }: Checkout): http.CheckoutStatus['moneyMoved'] {
  if (!ending) return 'unknown';
  return ending.state === 'completed' ? 'yes' : 'no';
}
