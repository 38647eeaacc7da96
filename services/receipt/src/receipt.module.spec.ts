import type { ShiftInputs, ShiftReader } from './application/shift-ports.ts';
import type { Principal, TokenVerifier } from '@checkout/auth';
import { compareRoutes, createHttpApp, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import type { StoreId, TenantId } from '@checkout/kernel';
import type { ReceiptReader } from './application/ports.ts';
import { receiptOf } from './domain/receipt.ts';
import { ReceiptModule, type RefundParts } from './receipt.module.ts';
import { issuedAtMs, paid, saleOf, storeId, tenantId } from './testing.ts';
import { routes } from './transport/routes.ts';

const callers: Record<string, Principal> = {
  'back-office': { tenantId, subject: 'ann', roles: ['back-office'] },
  stranger: { tenantId: 'globex' as TenantId, subject: 'eve', roles: ['back-office'] },
  till: { tenantId, subject: 'till', storeId, roles: ['till'] },
  'other-till': { tenantId, subject: 'till', storeId: 'YORK-01' as StoreId, roles: ['till'] },
  'york-sre': { tenantId, subject: 'yve', storeId: 'YORK-01' as StoreId, roles: ['sre'] },
  sre: { tenantId, subject: 'sam', roles: ['sre'] },
};
const verifier = { verify: (header: string) => callers[header] } as unknown as TokenVerifier;

const issued = receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs);
const reader: ReceiptReader = {
  bySale: (tenant, sale) => Promise.resolve(tenant === tenantId && sale === issued.saleId ? issued : undefined),
  byNumber: (tenant, store, series, number) => Promise.resolve(tenant === tenantId && store === storeId && series === 'S' && number === 42 ? issued : undefined),
  totals: () => Promise.resolve([{ day: 20_458, currency: 'GBP', sales: 1, netMinor: 498, taxMinor: 100, grossMinor: 598, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 }]),
  series: () => Promise.resolve([]),
};

const refunds = { windowMs: 1, inputs: {} as RefundParts['inputs'], reader: {} as RefundParts['reader'], steps: {} as RefundParts['steps'] };

let app: HttpApp;
beforeAll(async () => {
  app = await createHttpApp(ReceiptModule.of(reader, {} as ShiftReader, {} as ShiftInputs, refunds), { logger: createLogger({ service: 'test', level: 'silent' }), health: new Health('receipt'), verifier });
});
afterAll(() => app.close());

const get = (url: string, caller = 'back-office', headers: Record<string, string> = {}) => app.fastify.inject({ url, headers: { authorization: caller, ...headers } });
const ofSale = `/v1/receipts/${saleOf('sale 1')}`;

describe('receipts over HTTP', () => {
  it('are served as documented', () => {
    expect(compareRoutes(routes, app.routes())).toEqual({ undocumented: [], notServed: [] });
  });

  it('are JSON for whoever does not care', async () => {
    const response = await get(ofSale, 'till');
    expect([response.statusCode, response.json()]).toEqual([200, expect.objectContaining({ receiptNumber: 'S-000042', grossMinor: 598 })]);
  });

  it.each([
    ['asks for it in the address', `${ofSale}?format=text`, {}],
    ['accepts it', ofSale, { accept: 'text/plain' }],
    ['knows the number', '/v1/receipts?storeId=LEEDS-01&series=S&number=42&format=text', {}],
  ])('are text for whoever %s', async (_, url, headers) => {
    const response = await get(url, 'till', headers);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.body).toContain('TOTAL GBP');
  });

  it('do not exist for another tenant', async () => {
    const response = await get(ofSale, 'stranger');
    expect([response.statusCode, response.json()]).toEqual([404, expect.objectContaining({ code: 'not-found' })]);
  });

  it('are shown to no till of another store', async () => {
    expect((await get(ofSale, 'other-till')).json()).toMatchObject({ status: 403, code: 'store-mismatch' });
  });

  it.each([
    ['/v1/receipts/42', 422],
    ['/v1/receipts?storeId=LEEDS-01&series=S&number=0', 422],
    ['/v1/receipts?storeId=LEEDS-01&series=S&number=1.5', 422],
    ['/v1/receipts?storeId=LEEDS-01&series=S', 422],
    ['/v1/receipts?storeId=LEEDS-01&series=S&number=43', 404],
    [`${ofSale}?format=pdf`, 422],
    ['/v1/journal/LEEDS-01?from=2026-01-06&to=2026-01-05', 422],
    ['/v1/journal/LEEDS-01?from=2025-01-01&to=2026-01-05', 422],
    ['/v1/journal/LEEDS-01?from=2026-02-30&to=2026-03-01', 422],
    ['/v1/journal/LEEDS-01', 422],
    ['/v1/journal/LEEDS-01?from=9999-12-31&to=9999-12-31', 422],
    ['/v1/journal/LEEDS-01?from=0000-01-01&to=0000-01-01', 422],
  ])('answer %s with %i', async (url, status) => {
    expect((await get(url)).statusCode).toBe(status);
  });
});

describe('the journal over HTTP', () => {
  it('shows takings by day to the back office, not to a till', async () => {
    const url = '/v1/journal/LEEDS-01?from=2026-01-05&to=2026-01-05';
    expect((await get(url)).json()).toEqual({
      storeId,
      from: '2026-01-05',
      to: '2026-01-05',
      days: [{ day: '2026-01-05', currency: 'GBP', sales: 1, netMinor: 498, taxMinor: 100, grossMinor: 598, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 }],
    });
    expect((await get(url, 'till')).statusCode).toBe(403);
  });

  it('is checked by operators only', async () => {
    expect((await get('/v1/journal/LEEDS-01/check', 'sre')).json()).toEqual({ ok: true, series: [] });
    expect((await get('/v1/journal/LEEDS-01/check')).statusCode).toBe(403);
    expect((await get('/v1/journal/LEEDS-01/check', 'york-sre')).json()).toMatchObject({ status: 403, code: 'store-mismatch' });
  });
});
