import { RefundId, SaleId, Sku, StoreId, TenantId } from '@checkout/contracts';
import { jsonColumn } from '@checkout/sql';
import { z } from 'zod';
import type { Delivery } from '../domain/delivery.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockReturn } from '../domain/stock-return.ts';

/** What the tables hold, as the domain knows it. Tables: `migrations/0001-stock.sql`. */

export const LevelRow = z.object({ tenantId: TenantId, storeId: StoreId, sku: Sku, onHand: z.int(), reserved: z.int() });
export type LevelRow = z.output<typeof LevelRow>;

const Pieces = z.array(z.object({ sku: Sku, quantity: z.int() }));
const Shortages = z.array(z.object({ sku: Sku, wanted: z.int(), available: z.int() }));
const ofSale = { tenantId: TenantId, storeId: StoreId, saleId: SaleId, version: z.int() };

export const ReservationRow: z.ZodType<Reservation> = z.discriminatedUnion('state', [
  z.object({ ...ofSale, state: z.enum(['held', 'committed', 'expired']), lines: jsonColumn(Pieces), expiresAt: z.date() })
    .transform(({ lines, expiresAt, ...row }) => ({ ...row, pieces: lines, expiresAt: expiresAt.toISOString() })),
  z.object({ ...ofSale, state: z.literal('refused'), shortages: jsonColumn(Shortages) }),
  z.object({ ...ofSale, state: z.literal('released') }),
]);

export const DeliveryRow: z.ZodType<Delivery> = z
  .object({ tenantId: TenantId, deliveryId: z.string(), storeId: StoreId, bodyHash: z.string(), receivedAt: z.date() })
  .transform(({ receivedAt, ...row }) => ({ ...row, receivedAt: receivedAt.toISOString() }));

export const ReturnRow: z.ZodType<StockReturn> = z
  .object({ tenantId: TenantId, storeId: StoreId, saleId: SaleId, refundId: RefundId, returnedAt: z.date() })
  .transform(({ returnedAt, ...row }) => ({ ...row, returnedAt: returnedAt.toISOString() }));
