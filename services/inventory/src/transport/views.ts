import { http, Instant, Sku, StoreId } from '@checkout/contracts';
import { z } from 'zod';

/** What inventory takes and answers over HTTP, beside the bodies that it shares with others. */

/** SQL Server compares texts as if the shorter one went on with spaces, so an id with spaces at its end would be another one's. */
export const DeliveryBody = http.DeliveryBody.refine(({ deliveryId }) => !deliveryId.endsWith(' '), { error: 'ends with a space', path: ['deliveryId'] });

export const mostLevels = 1_000;

export const StoreParams = z.strictObject({ storeId: StoreId });
export type StoreParams = z.output<typeof StoreParams>;

export const LevelsQuery = z.strictObject({
  /** `?sku=A&sku=B`: these and no others, in that order. */
  sku: z.union([Sku.transform((sku) => [sku]), z.array(Sku).min(1).max(200)]).optional(),
  /** Without `sku`: the articles that come after this one. */
  after: Sku.optional(),
  limit: z.coerce.number().int().min(1).max(mostLevels).default(200),
});
export type LevelsQuery = z.output<typeof LevelsQuery>;

export const LevelsView = z.strictObject({
  storeId: StoreId,
  levels: z.array(http.StockLevelView),
  /** Give this as `after` to read on; absent at the end. */
  next: Sku.optional(),
});
export type LevelsView = z.output<typeof LevelsView>;

export const DeliveryView = z.strictObject({ deliveryId: z.string(), storeId: StoreId, receivedAt: Instant });
export type DeliveryView = z.output<typeof DeliveryView>;

export const StockReportView = z.strictObject({
  ok: z.boolean(),
  differences: z.array(z.strictObject({ sku: Sku, onHand: z.int(), ledger: z.int(), reserved: z.int(), held: z.int() })),
});
