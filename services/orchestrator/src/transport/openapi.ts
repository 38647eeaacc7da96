import { http, RefundId, SaleId, StoreId } from '@checkout/contracts';
import { createOpenApi, type RouteDoc } from '@checkout/http';
import { z } from 'zod';
import { GiveUpBody, OfAttention } from './attention.controller.ts';
import { OfRefund } from './refund.controller.ts';
import { OfSale } from './timeline.controller.ts';

const Timeline = z.strictObject({ saleId: SaleId, entries: z.array(http.TimelineEntry) });
const RefundTimeline = z.strictObject({ refundId: RefundId, entries: z.array(http.TimelineEntry) });
const Stuck = z.strictObject({
  saleId: SaleId, storeId: StoreId, phase: z.enum(['forward', 'backward']), why: z.string(), attempts: z.int(), startedAt: z.iso.datetime(), lastAskedAt: z.iso.datetime(),
});
const StuckRefund = z.strictObject({ ...Stuck.shape, refundId: RefundId });

/** How one sale or refund went, as a list and live. */
const story = (of: 'sale' | 'refund', path: string, params: z.ZodObject, Entries: z.ZodObject): readonly RouteDoc[] => [
  {
    method: 'GET', path: `${path}/timeline`, summary: `What happened to a ${of} so far`, permission: 'checkout:read', params,
    responses: { 200: { description: 'The entries, oldest first', body: Entries } },
  },
  {
    method: 'GET', path: `${path}/events`, summary: `What happens to a ${of}, live`, permission: 'checkout:read', params,
    description: `Server-sent events: what happened so far, then what happens, to the end of the ${of}. The id of an event is its sequence; send it as \`Last-Event-ID\` to go on after it.`,
    headers: z.object({ 'last-event-id': z.string().optional() }),
    responses: {
      200: { description: 'One event for each entry; its data is a time line entry', body: http.TimelineEntry, mediaType: 'text/event-stream' },
      204: { description: `The ${of} has ended, and its last event was seen` },
    },
  },
];

export const routes: readonly RouteDoc[] = [
  {
    method: 'GET', path: '/v1/checkouts/{saleId}', summary: 'How a sale stands', permission: 'checkout:read', params: OfSale,
    responses: { 200: { description: 'What was asked for, and how far it has come', body: http.SaleView } },
  },
  ...story('sale', '/v1/checkouts/{saleId}', OfSale, Timeline),
  {
    method: 'GET', path: '/v1/refunds/{refundId}', summary: 'How a refund stands', permission: 'checkout:read', params: OfRefund,
    responses: { 200: { description: 'How far it has come', body: http.RefundView } },
  },
  ...story('refund', '/v1/refunds/{refundId}', OfRefund, RefundTimeline),
  {
    method: 'GET', path: '/v1/attention', summary: 'Sales and refunds that wait for an answer that does not come', permission: 'operations:read',
    responses: { 200: { description: 'The oldest first, at most 200', body: z.strictObject({ checkouts: z.array(Stuck), refunds: z.array(StuckRefund) }) } },
  },
  {
    method: 'POST', path: '/v1/attention/{saleId}/give-up', summary: 'Has a sale undone that waits for an answer, as long as nothing was captured', permission: 'operations:write',
    params: OfAttention, body: GiveUpBody,
    responses: { 202: { description: 'It is being undone', body: z.strictObject({ saleId: SaleId }) } },
  },
];

export const openapi = (): object => createOpenApi({ title: 'Scanlon Checkout: orchestrator', version: '1', routes });
