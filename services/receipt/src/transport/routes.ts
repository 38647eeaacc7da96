import { CommandId, http } from '@checkout/contracts';
import type { RouteDoc } from '@checkout/http';
import { CreditNoteParams } from './credit-notes.controller.ts';
import { z } from 'zod';
import { ShiftParams } from './shifts.controller.ts';
import { FormatQuery, JournalView, NumberQuery, NumbersReportView, PeriodQuery, ReceiptParams, StoreParams } from './views.ts';

const asText = 'As text for a printer of 42 columns with `format=text` or `Accept: text/plain`.';

/** Every HTTP route of receipt, as documented. A test holds it to what is served. */
export const routes: readonly RouteDoc[] = [
  {
    method: 'POST',
    path: '/v1/refunds',
    summary: 'Give goods and money of a past sale back',
    description: 'Safe to repeat under the same key, which the till makes and keeps before it first sends. 202 says that it is durable and that nothing else can take the same goods; 503 that it was not accepted.',
    permission: 'refund:submit',
    headers: z.object({ 'Idempotency-Key': CommandId, 'Accept-Language': z.string().optional() }),
    body: http.RefundBody,
    responses: { 200: { description: 'The refund has ended', body: http.RefundStatus }, 202: { description: 'The refund is accepted and under way; see Location', body: http.RefundStatus } },
  },
  {
    method: 'GET',
    path: '/v1/refunds/{commandId}',
    summary: 'How a refund stands',
    permission: 'checkout:read',
    params: z.strictObject({ commandId: CommandId }),
    responses: { 200: { description: 'What happened, whether money moved, what to do', body: http.RefundStatus } },
  },
  {
    method: 'GET',
    path: '/v1/refunds/{commandId}/events',
    summary: 'Follow a refund',
    description: 'Server-sent events: the steps of the refund, then one event `status` with the final status.',
    permission: 'checkout:read',
    params: z.strictObject({ commandId: CommandId }),
    responses: { 200: { description: 'A stream of events', body: z.string(), mediaType: 'text/event-stream' } },
  },
  {
    method: 'GET',
    path: '/v1/receipts/{id}/refundable',
    summary: 'What can still come back of a sale',
    permission: 'receipt:read',
    params: ReceiptParams,
    responses: { 200: { description: 'Every line, with what has come back of it', body: http.RefundableView } },
  },
  {
    method: 'GET',
    path: '/v1/credit-notes/{refundId}',
    summary: 'Read the credit note of a refund',
    description: asText,
    permission: 'receipt:read',
    params: CreditNoteParams,
    query: FormatQuery,
    responses: { 200: { description: 'The credit note', body: http.CreditNoteView, alsoAs: ['text/plain'] } },
  },
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
    method: 'POST',
    path: '/v1/shifts/entries',
    summary: 'Tell what happened to a drawer',
    description: 'As the till\'s journal has it, in any order and however late: opened with a float, cash moved in or out, closed with a count. The key is the entry\'s id; the same entry counts once. Nothing is refused that has happened; what does not fit is flagged.',
    permission: 'checkout:submit',
    headers: z.object({ 'Idempotency-Key': z.string() }),
    body: http.ShiftEntry,
    responses: { 200: { description: 'The shift, by all that has reached the server', body: http.ShiftView } },
  },
  { method: 'GET', path: '/v1/shifts', summary: 'List the newest shifts', permission: 'receipt:read', responses: { 200: { description: 'At most 50, of the caller\'s store or of all', body: http.ShiftList } } },
  {
    method: 'GET',
    path: '/v1/shifts/{shiftId}',
    summary: 'Read a shift',
    description: 'Interim (X) while it is open, final (Z) once it is closed. Sales that arrive late are added; `told` keeps what the till had added up.',
    permission: 'receipt:read',
    params: ShiftParams,
    responses: { 200: { description: 'Figures, cash, and what was carried over', body: http.ShiftView } },
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
