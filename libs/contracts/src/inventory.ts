import { z } from 'zod';
import { Shortage } from './checkout.ts';
import { command, event, type MessageOf } from './contract.ts';
import { ReturnedGoods } from './refund.ts';
import { Instant, maxLines, ofRefund, ofSale, Quantity, Sku } from './shapes.ts';

export const StockLine = z.strictObject({ sku: Sku, quantity: Quantity });
export type StockLine = z.output<typeof StockLine>;

/** Sets goods aside for one sale, all lines or none. Safe to repeat: the sale is the key. */
export const ReserveStock = command('inventory-commands', 'inventory.reserve-stock.v1', z.strictObject({
  ...ofSale,
  lines: z.array(StockLine).min(1).max(maxLines),
  /** They are no longer on the shelf, whatever the books say: a shortage is noted instead of refused. */
  hasLeftShop: z.literal(true).optional(),
}));
export type ReserveStock = MessageOf<typeof ReserveStock>;

/** Every line is set aside until `expiresAt` (UTC), or has gone already. */
export const StockReserved = event('checkout-replies', 'inventory.stock-reserved.v1', z.strictObject({
  ...ofSale,
  expiresAt: Instant,
  /** Of goods that had left the shop: of these nothing could be set aside. */
  shortages: z.array(Shortage).optional(),
}));
export type StockReserved = MessageOf<typeof StockReserved>;

/** Nothing is set aside. Says what was short, so that the till can offer to remove it. */
export const StockRefused = event('checkout-replies', 'inventory.stock-refused.v1', z.strictObject({
  ...ofSale,
  shortages: z.array(Shortage).min(1),
}));
export type StockRefused = MessageOf<typeof StockRefused>;

/** Undoes `ReserveStock`. Releasing what was never reserved succeeds, and bars a late reservation. */
export const ReleaseStock = command('inventory-commands', 'inventory.release-stock.v1', z.strictObject({ ...ofSale }));
export type ReleaseStock = MessageOf<typeof ReleaseStock>;
export const StockReleased = event('checkout-replies', 'inventory.stock-released.v1', z.strictObject({ ...ofSale }));
export type StockReleased = MessageOf<typeof StockReleased>;

/** Goods have been set aside for long, and nobody has said what becomes of them. Asks; they stay set aside until somebody says so. */
export const StockHoldOverdue = event('checkout-replies', 'inventory.stock-hold-overdue.v1', z.strictObject({ ...ofSale }));
export type StockHoldOverdue = MessageOf<typeof StockHoldOverdue>;

/** Turns the reservation into a sale. May not refuse: the customer has paid. */
export const CommitStock = command('inventory-commands', 'inventory.commit-stock.v1', z.strictObject({
  ...ofSale,
  lines: z.array(StockLine).min(1).max(maxLines),
}));
export type CommitStock = MessageOf<typeof CommitStock>;
export const StockCommitted = event('checkout-replies', 'inventory.stock-committed.v1', z.strictObject({ ...ofSale }));
export type StockCommitted = MessageOf<typeof StockCommitted>;

/** Counts goods of a past sale in that have come back, on the shelf or written off. May not refuse: they are there. Safe to repeat: the refund is the key. */
export const ReturnStock = command('inventory-commands', 'inventory.return-stock.v1', z.strictObject({
  ...ofRefund,
  lines: z.array(z.strictObject({ sku: Sku, quantity: Quantity, goods: ReturnedGoods })).min(1).max(maxLines),
}));
export type ReturnStock = MessageOf<typeof ReturnStock>;
export const StockReturned = event('checkout-replies', 'inventory.stock-returned.v1', z.strictObject({ ...ofRefund }));
export type StockReturned = MessageOf<typeof StockReturned>;
