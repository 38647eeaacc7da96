import type { Envelope, Message } from '@checkout/contracts';
import { inventory } from '@checkout/contracts';
import { nameBasedUuid, type RefundId, type SaleId, type Sku, type StoreId, type TenantId } from '@checkout/kernel';
import type { Decision } from '@checkout/messaging';
import type { StockEvent, StockHandler } from './application/ports.ts';
import { Stock, type Change } from './domain/stock.ts';

/** The shop of the specs. */
export const tenantId = 'acme' as TenantId;
export const storeId = 'LEEDS-01' as StoreId;
export const saleOf = (name: string): SaleId => nameBasedUuid(name) as SaleId;
export const refundOf = (name: string): RefundId => nameBasedUuid(name) as RefundId;
export const skuOf = (sku: string): Sku => sku as Sku;

/** `{ TEA: 2 }` as lines of a message. */
export const linesOf = (pieces: Readonly<Record<string, number>>) => Object.entries(pieces).map(([sku, quantity]) => ({ sku: skuOf(sku), quantity }));

export const reserve = (sale: string, pieces: Readonly<Record<string, number>>) =>
  inventory.ReserveStock({ tenantId, storeId, saleId: saleOf(sale), lines: linesOf(pieces) });
export const release = (sale: string) => inventory.ReleaseStock({ tenantId, storeId, saleId: saleOf(sale) });
export const commit = (sale: string, pieces: Readonly<Record<string, number>>) =>
  inventory.CommitStock({ tenantId, storeId, saleId: saleOf(sale), lines: linesOf(pieces) });

/** Goods of "sale 1" that come back. */
export const bringBack = (refund: string, lines: readonly { readonly sku: string; readonly quantity: number; readonly goods: 'restock' | 'write-off' }[]) =>
  inventory.ReturnStock({ tenantId, storeId, saleId: saleOf('sale 1'), refundId: refundOf(refund), lines: lines.map(({ sku, ...line }) => ({ sku: skuOf(sku), ...line })) });

export const noon = Date.parse('2026-01-05T12:00:00.000Z');

/** A store with so many pieces of each article on its shelves. */
export function shelvesWith(pieces: Readonly<Record<string, number>>): Stock {
  const stock = new Stock();
  for (const [sku, onHand] of Object.entries(pieces)) stock.setLevel(tenantId, storeId, skuOf(sku), { onHand, reserved: 0 });
  return stock;
}

/** Decides one message and lets the stock see it, as the pipeline does for each message of a batch. */
export function handle<M extends Message, Answer>(stock: Stock, handler: StockHandler<M, Answer>, message: M, now = noon): Decision<Change, StockEvent, Answer> {
  const envelope: Envelope = { id: 'message-1', source: '/services/test', type: message.type, time: '', tenantId };
  const decision = handler.decide(stock, { message, envelope, now });
  for (const change of decision.changes ?? []) stock.apply(change);
  return decision;
}

/** As an older version left a sale for whose goods nobody had come in time: they are back on the shelf. */
export const putBackOnce = (stock: Stock, sale: string, pieces: Readonly<Record<string, number>>): void =>
  stock.setReservation({ tenantId, storeId, saleId: saleOf(sale), version: 2, state: 'expired', pieces: linesOf(pieces), expiresAt: new Date(noon).toISOString() });

export const levelOf = (stock: Stock, sku: string) => stock.levelOf(tenantId, storeId, skuOf(sku));
export const stateOf = (stock: Stock, sale: string) => stock.reservationOf(tenantId, saleOf(sale))?.state;
