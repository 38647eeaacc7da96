import { http } from '@checkout/contracts';
import { createOpenApi, type RouteDoc } from './index.ts';

const routes: readonly RouteDoc[] = [
  { method: 'POST', path: '/v1/checkouts', summary: 'Submit a checkout', permission: 'checkout:submit', body: http.CheckoutBody, responses: { 202: { description: 'Accepted', body: http.CheckoutStatus } } },
  { method: 'GET', path: '/v1/receipts/{saleId}', summary: 'Read a receipt', permission: 'public', responses: { 200: { description: 'The receipt', body: http.ReceiptView } } },
];

const document = createOpenApi({ title: 'Cart', version: '1.0.0', routes });

it('documents what the contracts say, and who may ask', () => {
  expect(document).toMatchObject({
    openapi: '3.1.1',
    paths: {
      '/v1/checkouts': { post: {
        operationId: 'postV1Checkouts', security: [{ token: [] }], 'x-permission': 'checkout:submit',
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object', additionalProperties: false } } } },
        responses: { 202: { content: { 'application/json': { schema: { type: 'object' } } } } },
      } },
      '/v1/receipts/{saleId}': { get: { security: [], parameters: [{ in: 'path', name: 'saleId', required: true }] } },
    },
  });
});

it('says for every route that it may answer with a problem', () => {
  expect(document).toMatchObject({
    paths: { '/v1/checkouts': { post: { responses: { default: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } } } } },
    components: { schemas: { Problem: { properties: { outcome: { enum: ['not_accepted', 'accepted', 'unknown'] } } } } },
  });
});
