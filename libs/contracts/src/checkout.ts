import { z } from 'zod';
import { event, type MessageOf } from './contract.ts';
import { Amount, CommandId, Currency, Instant, LeftShop, maxLines, maxTenders, ofSale, PricedFrom, RequestHash, SaleId, SaleLine, ShiftId, TaxMode, Tender, TillId, Text, Sku } from './shapes.ts';

/**
 * A till asks for a sale. It comes from cart or straight from a till over the bus, and both are held to the same rules:
 * `saleId` is derived from tenant and command (`saleIdOf`), lines are priced as sold, totals and tenders add up.
 */
export const CheckoutRequested = event('checkout-requests', 'checkout.checkout-requested.v1', z.strictObject({
  ...ofSale,
  commandId: CommandId,
  tillId: TillId,
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(SaleLine).min(1).max(maxLines),
  tenders: z.array(Tender).min(1).max(maxTenders),
  totalMinor: Amount,
  requestedAt: Instant,
  /** What the till asked cart for. Two requests of one command are the same when it is, even if they were priced at different moments. */
  requestHash: RequestHash.optional(),
  /** The basket that is sold, for cart to close. */
  basketId: SaleId.optional(),
  /** `bus`: cart's database was not asked, so cart has to be told that the sale has begun. */
  acceptedVia: z.literal('bus').optional(),
  pricedFrom: PricedFrom.optional(),
  /** The till's shift in which it was sold. */
  shiftId: ShiftId.optional(),
  leftShop: LeftShop.optional(),
}));
export type CheckoutRequested = MessageOf<typeof CheckoutRequested>;

/** How much of one article a sale wanted, and how much there was. */
export const Shortage = z.strictObject({ sku: Sku, wanted: z.int(), available: z.int() });

/** Why a sale, or a refund, did not come about, in a form that a till can act on. */
export const Reason = z.strictObject({
  code: z.enum(['stock-short', 'payment-declined', 'payment-unresolved', 'capture-refused', 'no-answer', 'refund-declined']),
  message: Text(400),
  shortages: z.array(Shortage).optional(),
  declineCode: Text(60).optional(),
});
export type Reason = z.output<typeof Reason>;

/** Most of what a request that came over the bus has said, for cart to keep: it began a sale that cart's database has not heard of. */
export const CheckoutStarted = event('cart-commands', 'checkout.checkout-started.v1', z.strictObject({
  ...ofSale,
  commandId: CommandId,
  tillId: TillId,
  currency: Currency,
  totalMinor: Amount,
  requestedAt: Instant,
  requestHash: RequestHash.optional(),
  basketId: SaleId.optional(),
  pricedFrom: PricedFrom.optional(),
  leftShop: LeftShop.optional(),
}));
export type CheckoutStarted = MessageOf<typeof CheckoutStarted>;

/** What the till had asked for: a sale that came straight over the bus is first heard of by cart when it ends. */
const asked = { commandId: CommandId, tillId: TillId, currency: Currency, totalMinor: Amount };

/** The sale is done: money taken, goods gone, receipt numbered. */
export const CheckoutCompleted = event('cart-commands', 'checkout.checkout-completed.v1', z.strictObject({
  ...ofSale,
  ...asked,
  receiptNumber: z.string(),
  changeMinor: Amount,
  /** Of goods that had left the shop: what there was less of than was sold. */
  shortages: z.array(Shortage).optional(),
}));
export type CheckoutCompleted = MessageOf<typeof CheckoutCompleted>;

/** The sale did not come about; whatever had been done for it has been undone. */
export const CheckoutCancelled = event('cart-commands', 'checkout.checkout-cancelled.v1', z.strictObject({
  ...ofSale,
  ...asked,
  reason: Reason,
}));
export type CheckoutCancelled = MessageOf<typeof CheckoutCancelled>;
