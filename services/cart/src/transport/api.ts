import { CommandId, http, SaleId, Sku } from '@checkout/contracts';
import type { ApiDoc } from '@checkout/http';
import { z } from 'zod';
import { BeforeQuery } from './offline.controller.ts';
import { AfterSku, ByBarcode, FoundProducts } from './catalogue.controller.ts';

const checkoutParams = z.strictObject({ commandId: CommandId });
const basketParams = z.strictObject({ basketId: SaleId });
const lineParams = z.strictObject({ basketId: SaleId, sku: Sku });
const parkedParams = z.strictObject({ parkedId: SaleId });
const key = z.object({ 'Idempotency-Key': CommandId });
const parked = { description: 'The basket, its number, and who has it', body: http.ParkedSale };
const basket = { description: 'The whole basket', body: http.BasketView };

/** What cart serves, for `/openapi.json`. A spec holds it to the routes that are really registered. */
export const api: ApiDoc = {
  title: 'Scanlon Checkout: cart',
  version: '1.0.0',
  description: 'Baskets, the catalogue, and the front door for tills. Tenant, store and till are those of the token.',
  routes: [
    {
      method: 'POST',
      path: '/v1/checkouts',
      summary: 'Sell',
      description: 'Safe to repeat under the same key: the same command is one sale, whatever happens. The key is a UUID that the till makes and keeps before it first sends. 202 says that it is durable, in the database or on the bus (`acceptedVia`); 503 says by `outcome` whether any part of it may be.',
      permission: 'checkout:submit',
      headers: z.object({ 'Idempotency-Key': CommandId, 'Accept-Language': z.string().optional().meta({ description: 'English or German; of `action` here, and of `title` and `action` in problems.' }), Prefer: z.string().optional().meta({ description: '`wait=n`: answer with the end of the sale if it comes within n seconds, at most 30.' }) }),
      body: http.CheckoutBody,
      responses: { 200: { description: 'The sale has ended', body: http.CheckoutStatus }, 202: { description: 'The sale is accepted and under way; see Location', body: http.CheckoutStatus } },
    },
    { method: 'GET', path: '/v1/checkouts/{commandId}', summary: 'How a sale stands', permission: 'checkout:read', params: checkoutParams, responses: { 200: { description: 'What happened, whether money moved, what to do', body: http.CheckoutStatus } } },
    {
      method: 'GET',
      path: '/v1/checkouts/{commandId}/events',
      summary: 'Follow a sale',
      description: 'Server-sent events: the steps of the sale, then one event `status` with the final status.',
      permission: 'checkout:read',
      params: checkoutParams,
      responses: { 200: { description: 'A stream of events', body: z.string(), mediaType: 'text/event-stream' } },
    },
    { method: 'POST', path: '/v1/carts', summary: 'Open a basket', permission: 'checkout:submit', responses: { 201: basket } },
    { method: 'GET', path: '/v1/carts/{basketId}', summary: 'Show a basket', permission: 'checkout:read', params: basketParams, responses: { 200: basket } },
    { method: 'POST', path: '/v1/carts/{basketId}/lines', summary: 'Scan an article', description: 'By SKU or barcode. Another scan of the same article adds up, at the price of the first.', permission: 'checkout:submit', params: basketParams, body: http.AddLineBody, responses: { 200: basket } },
    { method: 'PATCH', path: '/v1/carts/{basketId}/lines/{sku}', summary: 'Set the quantity of a line', description: '0 removes the line.', permission: 'checkout:submit', params: lineParams, body: http.ChangeLineBody, responses: { 200: basket } },
    { method: 'DELETE', path: '/v1/carts/{basketId}/lines/{sku}', summary: 'Remove a line', permission: 'checkout:submit', params: lineParams, responses: { 200: basket } },
    { method: 'POST', path: '/v1/parked-sales', summary: 'Park a basket', description: 'For any till of the store, under a number that is called out. The key is a UUID that the till makes, and the basket\'s id from here on. It waits for a day.', permission: 'checkout:submit', headers: key, body: http.ParkBody, responses: { 201: parked } },
    { method: 'GET', path: '/v1/parked-sales', summary: 'List the baskets that wait', permission: 'checkout:submit', responses: { 200: { description: 'Those of the till\'s store, by number', body: http.ParkedSales } } },
    { method: 'POST', path: '/v1/parked-sales/{parkedId}/take-up', summary: 'Take a parked basket up', description: 'Once. The same key again is answered the same; another gets 409 `parked-sale-taken`, which names who has it (`takenBy`, `takenAt`).', permission: 'checkout:submit', params: parkedParams, headers: key, responses: { 200: parked } },
    { method: 'GET', path: '/v1/offline-limits', summary: 'What this till may take on cards alone', description: 'A compact JWS (ES256). 404 when none are given out: the till then takes cash alone.', permission: 'checkout:submit', responses: { 200: { description: 'The limits, signed', body: http.SignedLimits } } },
    { method: 'GET', path: '/v1/offline-limits/keys', summary: 'Keys that sign limits', permission: 'checkout:submit', responses: { 200: { description: 'A JSON Web Key Set', body: http.LimitsKeys } } },
    { method: 'GET', path: '/v1/offline-sales', summary: 'Sales that had left the shop before they were heard of', description: 'Newest first, at most 100, with everything that is not as it should be about each.', permission: 'checkout:read', query: BeforeQuery, responses: { 200: { description: 'A page of sales', body: http.OfflineSales } } },
    { method: 'GET', path: '/v1/catalogue', summary: 'Read the catalogue, page by page', description: 'What a till keeps so that it can sell alone: its own store, and at most 1,000 products after a SKU.', permission: 'catalogue:read', query: AfterSku, responses: { 200: { description: 'The store and a page of products', body: http.CataloguePage } } },
    { method: 'PUT', path: '/v1/stores', summary: 'Set up or change stores', permission: 'catalogue:write', body: http.StoresBody, responses: { 204: { description: 'Saved' } } },
    { method: 'PUT', path: '/v1/products', summary: 'Load a page of the catalogue', description: 'All of it, or nothing. A new price is sold everywhere within two seconds.', permission: 'catalogue:write', body: http.CatalogueBody, responses: { 204: { description: 'Saved' } } },
    { method: 'GET', path: '/v1/products/{sku}', summary: 'Look a product up', permission: 'catalogue:read', params: z.strictObject({ sku: Sku }), responses: { 200: { description: 'The product', body: http.Product } } },
    { method: 'GET', path: '/v1/products', summary: 'Look a product up by barcode', permission: 'catalogue:read', query: ByBarcode, responses: { 200: { description: 'The product, or none', body: FoundProducts } } },
  ],
};
