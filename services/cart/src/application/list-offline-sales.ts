import { CommandId, type http } from '@checkout/contracts';
import type { StoreId, TenantId } from '@checkout/kernel';
import { z } from 'zod';
import { stateOf, type Checkout } from '../domain/checkout.ts';
import type { OfflinePlace, OfflineSales } from './ports.ts';

/** Sales of one page. */
export const pageSize = 100;

/** What had left the shop before it was heard of, newest first, with everything that is not as it should be: for the back office to look through. */
export async function listOfflineSales(sales: OfflineSales, tenantId: TenantId, storeId: StoreId | undefined, before: string | undefined): Promise<z.output<typeof http.OfflineSales>> {
  const found = await sales.page(tenantId, storeId, before === undefined ? undefined : placeIn(before));
  const last = found.length === pageSize ? found.at(-1) : undefined;
  const twice = await sales.givenTwice(tenantId, found.flatMap(({ leftShop }) => leftShop?.provisionalNumber ?? []));
  return { sales: found.flatMap((checkout) => offlineSaleOf(checkout, twice)), ...(last?.leftShop && { next: `${last.leftShop.soldAt}/${last.commandId}` }) };
}

/** What `next` said; or a moment alone, from which on all are left out. Undefined when it is neither. */
export function placeIn(text: string): OfflinePlace | undefined {
  const [soldAt = '', id] = text.split('/', 2);
  const commandId = CommandId.optional().safeParse(id);
  return z.iso.datetime().safeParse(soldAt).success && commandId.success ? { soldAt: Date.parse(soldAt), commandId: commandId.data } : undefined;
}

function offlineSaleOf(checkout: Checkout, twice: ReadonlySet<string>): http.OfflineSale[] {
  const { commandId, saleId, storeId, tillId, acceptedAt, currency, totalMinor, ending, leftShop } = checkout;
  if (!leftShop) return [];
  const shortages = ending?.state === 'completed' ? ending.shortages : undefined;
  const isUnsold = ending !== undefined && ending.state !== 'completed';
  return [{
    commandId, saleId, storeId, currency, totalMinor, ...(tillId !== undefined && { tillId }),
    provisionalNumber: leftShop.provisionalNumber, soldAt: leftShop.soldAt, acceptedAt: new Date(acceptedAt).toISOString(), state: stateOf(checkout),
    flags: [
      ...leftShop.flags,
      ...(shortages ? (['out-of-stock'] as const) : []),
      ...(isUnsold ? (['not-sold'] as const) : []),
      ...(twice.has(leftShop.provisionalNumber) ? (['number-repeated'] as const) : []),
    ],
    ...(shortages && { shortages: [...shortages] }),
  }];
}
