import type { RouteDoc } from '@checkout/http';
import { DeliveryBody, DeliveryView, LevelsQuery, LevelsView, StockReportView, StoreParams } from './views.ts';

/** Every HTTP route of inventory, as documented. A test holds it to what is served. */
export const routes: readonly RouteDoc[] = [
  {
    method: 'POST',
    path: '/v1/deliveries',
    summary: 'Count a delivery in',
    description: 'Safe to repeat: a delivery id counts once. The same id with other goods is refused with 409.',
    permission: 'stock:write',
    body: DeliveryBody,
    responses: { 200: { description: 'The goods are on the shelf', body: DeliveryView } },
  },
  {
    method: 'GET',
    path: '/v1/stock/{storeId}',
    summary: 'Read stock levels',
    description: 'Of the articles that are asked for, or of all of them, page by page.',
    permission: 'stock:read',
    params: StoreParams,
    query: LevelsQuery,
    responses: { 200: { description: 'The levels', body: LevelsView } },
  },
  {
    method: 'GET',
    path: '/v1/stock/{storeId}/check',
    summary: 'Check that stock is conserved',
    description: 'Adds up the ledger and the open reservations of a store and lists the articles whose level differs.',
    permission: 'operations:read',
    params: StoreParams,
    responses: { 200: { description: 'What differs, if anything', body: StockReportView } },
  },
];
