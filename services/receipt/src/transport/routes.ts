import { http } from '@checkout/contracts';
import type { RouteDoc } from '@checkout/http';
import { FormatQuery, JournalView, NumberQuery, NumbersReportView, PeriodQuery, ReceiptParams, StoreParams } from './views.ts';

const asText = 'As text for a printer of 42 columns with `format=text` or `Accept: text/plain`.';

/** Every HTTP route of receipt, as documented. A test holds it to what is served. */
export const routes: readonly RouteDoc[] = [
  {
    method: 'GET',
    path: '/v1/receipts/{id}',
    summary: 'Read the receipt of a sale',
    description: asText,
    permission: 'receipt:read',
    params: ReceiptParams,
    query: FormatQuery,
    responses: { 200: { description: 'The receipt', body: http.ReceiptView, alsoAs: ['text/plain'] } },
  },
  {
    method: 'GET',
    path: '/v1/receipts',
    summary: 'Read a receipt by its number',
    description: asText,
    permission: 'receipt:read',
    query: NumberQuery,
    responses: { 200: { description: 'The receipt', body: http.ReceiptView, alsoAs: ['text/plain'] } },
  },
  {
    method: 'GET',
    path: '/v1/journal/{storeId}',
    summary: 'Read what a store took, day by day',
    description: 'Days are in UTC; both are included.',
    permission: 'timeline:read',
    params: StoreParams,
    query: PeriodQuery,
    responses: { 200: { description: 'Totals by day and currency', body: JournalView } },
  },
  {
    method: 'GET',
    path: '/v1/journal/{storeId}/check',
    summary: 'Check that receipt numbers have no gap',
    description: 'Numbers run from 1 to n, one for each sale, each in the journal.',
    permission: 'operations:read',
    params: StoreParams,
    responses: { 200: { description: 'What was found, if anything', body: NumbersReportView } },
  },
];
