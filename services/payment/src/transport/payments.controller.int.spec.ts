import 'reflect-metadata';
import type { Principal, TokenVerifier } from '@checkout/auth';
import type { StoreId, TenantId } from '@checkout/kernel';
import { compareRoutes, createHttpApp, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import type { PaymentView } from '../application/payment-view.ts';
import { PaymentModule } from '../payment.module.ts';
import { sale } from '../testing.ts';
import { paymentsApi } from './payments.controller.ts';

const view: PaymentView = {
  saleId: sale.saleId,
  storeId: sale.storeId,
  state: 'captured',
  currency: 'GBP',
  totalMinor: 598,
  createdAt: '2026-01-05T12:00:00.000Z',
  updatedAt: '2026-01-05T12:00:01.000Z',
  tenders: [],
  refunds: [],
  ledger: [],
  audit: [],
};

let app: HttpApp;
let base: string;
let caller: Principal;

beforeAll(async () => {
  const reader = { read: (tenantId: TenantId, saleId: string) => Promise.resolve(tenantId === sale.tenantId && saleId === sale.saleId ? view : undefined) };
  const inbox = { paymentResolved: () => Promise.resolve('nothing-to-resolve' as const), webhookReceived: () => Promise.resolve('applied' as const) };
  const verifier = { verify: () => caller } as unknown as TokenVerifier;
  app = await createHttpApp(PaymentModule.with(reader, inbox, { inbox, reader: { verify: () => 'signature-invalid', read: () => undefined }, isTestAccount: true, onSuspicion: () => {} }), { logger: createLogger({ service: 'payment', level: 'silent' }), health: new Health('payment'), verifier, metrics: false });
  base = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/v1/payments`;
});
afterAll(() => app.close());

const as = (roles: Principal['roles'], more: Partial<Principal> = {}) => {
  caller = { tenantId: sale.tenantId, subject: 'someone', roles, ...more };
};
const get = async (saleId: string) => {
  const response = await fetch(`${base}/${saleId}`, { headers: { authorization: 'Bearer token' } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('GET /v1/payments/{saleId}', () => {
  it('shows an operator and the back office how the money stands', async () => {
    as(['sre']);
    await expect(get(sale.saleId)).resolves.toEqual({ status: 200, body: view });
    as(['back-office'], { storeId: sale.storeId });
    await expect(get(sale.saleId)).resolves.toMatchObject({ status: 200 });
  });

  it('is not for tills', async () => {
    as(['till'], { storeId: sale.storeId });
    await expect(get(sale.saleId)).resolves.toMatchObject({ status: 403, body: { code: 'scope-missing' } });
  });

  it('does not know another tenant\'s sale', async () => {
    as(['sre'], { tenantId: 'other' as TenantId });
    await expect(get(sale.saleId)).resolves.toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('is not for staff of another store', async () => {
    as(['back-office'], { storeId: 'YORK-01' as StoreId });
    await expect(get(sale.saleId)).resolves.toMatchObject({ status: 403, body: { code: 'store-mismatch' } });
  });

  it('takes sale ids only', async () => {
    as(['sre']);
    await expect(get('1-or-1')).resolves.toMatchObject({ status: 422 });
  });

  it('is documented as it is served', () => {
    const served = app.routes().filter(({ path }) => path.startsWith('/v1/'));
    expect(compareRoutes(paymentsApi.routes, served)).toEqual({ undocumented: [], notServed: [] });
  });
});
