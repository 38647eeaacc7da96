import type { Principal, TokenVerifier } from '@checkout/auth';
import { compareRoutes, createHttpApp, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import type { LevelOf, StockReader } from './application/ports.ts';
import { ReceiveDelivery } from './application/receive-delivery.ts';
import { InventoryModule } from './inventory.module.ts';
import { handle, levelOf, shelvesWith, skuOf, storeId, tenantId } from './testing.ts';
import { routes } from './transport/routes.ts';

const callers: Record<string, Principal> = {
  'back-office': { tenantId, subject: 'ann', roles: ['back-office'] },
  york: { tenantId, subject: 'bob', storeId: 'YORK-01' as Principal['storeId'] & string, roles: ['back-office'] },
  'york-sre': { tenantId, subject: 'yve', storeId: 'YORK-01' as Principal['storeId'] & string, roles: ['sre'] },
  till: { tenantId, subject: 'till', storeId, roles: ['till'] },
  sre: { tenantId, subject: 'sam', roles: ['sre'] },
};
const verifier = { verify: (header: string) => callers[header] } as unknown as TokenVerifier;

const stock = shelvesWith({ TEA: 5, MILK: 2 });
const levels = (): LevelOf[] => ['MILK', 'TEA'].map((sku) => ({ sku: skuOf(sku), ...levelOf(stock, sku) }));
const reader: StockReader = {
  levels: (_tenant, _store, skus) => Promise.resolve(levels().filter(({ sku }) => skus.includes(sku))),
  page: (_tenant, _store, after, limit) => Promise.resolve(levels().filter(({ sku }) => sku > after).slice(0, limit)),
  differences: () => Promise.resolve([]),
};
const receive = new ReceiveDelivery();

let app: HttpApp;
beforeAll(async () => {
  const module = InventoryModule.of((delivery) => Promise.resolve(handle(stock, receive, delivery).answer ?? { outcome: 'other-body' }), reader);
  app = await createHttpApp(module, { logger: createLogger({ service: 'test', level: 'silent' }), health: new Health('inventory'), verifier });
});
afterAll(() => app.close());

const get = async (url: string, caller = 'back-office') => {
  const response = await app.fastify.inject({ url, headers: { authorization: caller } });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
};
const deliver = async (body: object, caller = 'back-office') => {
  const response = await app.fastify.inject({ method: 'POST', url: '/v1/deliveries', headers: { authorization: caller }, payload: body });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
};

describe('stock over HTTP', () => {
  it('is served as documented', () => {
    expect(compareRoutes(routes, app.routes())).toEqual({ undocumented: [], notServed: [] });
  });

  it('shows the levels that are asked for', async () => {
    expect(await get('/v1/stock/LEEDS-01?sku=TEA&sku=SAFFRON')).toEqual({
      status: 200,
      body: { storeId, levels: [{ sku: 'TEA', onHand: 5, reserved: 0, available: 5 }, { sku: 'SAFFRON', onHand: 0, reserved: 0, available: 0 }] },
    });
    expect(await get('/v1/stock/LEEDS-01?sku=TEA')).toMatchObject({ body: { levels: [{ sku: 'TEA' }] } });
  });

  it('shows all levels page by page', async () => {
    expect(await get('/v1/stock/LEEDS-01?limit=1')).toMatchObject({ body: { levels: [{ sku: 'MILK' }], next: 'MILK' } });
    expect(await get('/v1/stock/LEEDS-01?limit=2&after=MILK')).toEqual({ status: 200, body: { storeId, levels: [{ sku: 'TEA', onHand: 5, reserved: 0, available: 5 }] } });
  });

  it.each(['?sku=', '?limit=0', '?limit=x', '?colour=blue', '?sku=TEA%20CUP'])('refuses %s', async (query) => {
    expect(await get(`/v1/stock/LEEDS-01${query}`)).toMatchObject({ status: 422 });
  });

  it('counts a delivery once, and refuses other goods under its id', async () => {
    const delivery = { deliveryId: 'D-1', storeId, lines: [{ sku: 'BREAD', quantity: 10 }] };
    const first = await deliver(delivery);

    expect(first).toMatchObject({ status: 200, body: { deliveryId: 'D-1' } });
    expect(await deliver(delivery)).toEqual(first);
    expect(levelOf(stock, 'BREAD').onHand).toBe(10);
    expect(await deliver({ ...delivery, lines: [{ sku: 'BREAD', quantity: 11 }] })).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused', outcome: 'not_accepted' } });
  });

  it.each([
    ['no lines', { lines: [] }],
    ['half a piece', { lines: [{ sku: 'TEA', quantity: 0.5 }] }],
    ['less than nothing', { lines: [{ sku: 'TEA', quantity: -1 }] }],
    ['too many pieces', { lines: [{ sku: 'TEA', quantity: 1_000_001 }] }],
    ['an id that SQL would take for another', { deliveryId: 'D-1 ' }],
    ['a field nobody knows', { colour: 'blue' }],
  ])('refuses a delivery with %s', async (_, wrong) => {
    expect(await deliver({ deliveryId: 'D-2', storeId, lines: [{ sku: 'TEA', quantity: 1 }], ...wrong })).toMatchObject({ status: 422 });
  });

  it('refuses a delivery that a shelf could not hold', async () => {
    stock.setLevel(tenantId, storeId, skuOf('RICE'), { onHand: 999_999_999, reserved: 0 });
    expect(await deliver({ deliveryId: 'D-3', storeId, lines: [{ sku: 'RICE', quantity: 2 }] })).toMatchObject({ status: 422, body: { code: 'quantity-invalid' } });
  });

  it('lets nobody act for a store that is not theirs', async () => {
    expect(await get('/v1/stock/LEEDS-01', 'york')).toMatchObject({ status: 403, body: { code: 'store-mismatch' } });
    expect(await deliver({ deliveryId: 'D-4', storeId, lines: [{ sku: 'TEA', quantity: 1 }] }, 'york')).toMatchObject({ status: 403, body: { code: 'store-mismatch' } });
  });

  it('lets tills neither read levels nor deliver, and only operators check', async () => {
    expect(await get('/v1/stock/LEEDS-01', 'till')).toMatchObject({ status: 403 });
    expect(await deliver({ deliveryId: 'D-5', storeId, lines: [{ sku: 'TEA', quantity: 1 }] }, 'till')).toMatchObject({ status: 403 });
    expect(await get('/v1/stock/LEEDS-01/check')).toMatchObject({ status: 403 });
    expect(await get('/v1/stock/LEEDS-01/check', 'sre')).toEqual({ status: 200, body: { ok: true, differences: [] } });
    expect(await get('/v1/stock/LEEDS-01/check', 'york-sre')).toMatchObject({ status: 403, body: { code: 'store-mismatch' } });
  });
});
