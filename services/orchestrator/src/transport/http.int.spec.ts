import { AuthError, type Principal, type Role, type TokenVerifier } from '@checkout/auth';
import type { http } from '@checkout/contracts';
import type { RefundId, SaleId, StoreId, TenantId } from '@checkout/kernel';
import { compareRoutes, createHttpApp, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import type { GiveUp, GiveUpFate } from '../application/give-up-checkout.ts';
import { LiveTimelines } from '../application/live-timelines.ts';
import type { Attention, RefundBook, Sales, Story, Stuck, StuckRefund, Timelines } from '../application/ports.ts';
import { ReadTimeline } from '../application/read-timeline.ts';
import type { Change } from '../domain/checkout.ts';
import { AttentionController, type SubmitGiveUp } from './attention.controller.ts';
import { openapi, routes } from './openapi.ts';
import { RefundController } from './refund.controller.ts';
import { SaleController } from './sale.controller.ts';
import { TimelineController } from './timeline.controller.ts';
import { ATTENTION, GIVE_UP, LOGGER, REFUND_ATTENTION, REFUND_TIMELINE, REFUNDS, SALES } from './tokens.ts';

const tenantId = 'acme' as TenantId;
const done = '6f1c2a5e-8d3b-5c7f-9a0e-5b6d7c8f9a01' as SaleId;
const running = '6f1c2a5e-8d3b-5c7f-9a0e-5b6d7c8f9a02' as SaleId;
const entry = (sequence: number, event: string): http.TimelineEntry => ({ sequence, at: '2026-01-05T12:00:00.000Z', event });
const stuck: Stuck = {
  saleId: running, storeId: 'LEEDS-01' as StoreId, phase: 'forward', why: 'capture payment: no answer', attempts: 6,
  startedAt: '2026-01-05T12:00:00.000Z', lastAskedAt: '2026-01-05T12:10:00.000Z',
};

const sold: http.SaleView = {
  saleId: done, commandId: '0190a5c2-0000-7000-8000-000000000001' as http.SaleView['commandId'], storeId: 'LEEDS-01' as StoreId, tillId: 'LEEDS-01-T1' as http.SaleView['tillId'],
  currency: 'GBP', totalMinor: 598, phase: 'completed', acceptedVia: 'bus', requestedAt: '2026-01-05T12:00:00.000Z', receiptNumber: 'S-000001', changeMinor: 0, endedAt: '2026-01-05T12:00:02.000Z',
};

/** The tables, as far as these routes look into them. */
class Tables implements Timelines, Attention, Sales {
  readonly sales = new Map<string, { phase: Story['phase']; entries: http.TimelineEntry[] }>();

  read(tenant: TenantId, saleId: SaleId, after: number): Promise<Story | undefined> {
    const sale = this.sales.get(`${tenant}/${saleId}`);
    return Promise.resolve(sale && { storeId: 'LEEDS-01' as StoreId, phase: sale.phase, entries: sale.entries.filter(({ sequence }) => sequence > after) });
  }

  find(tenant: TenantId, saleId: SaleId): Promise<http.SaleView | undefined> {
    return Promise.resolve(tenant === tenantId && saleId === sold.saleId ? sold : undefined);
  }

  stuck(tenant: TenantId, storeId?: StoreId): Promise<readonly Stuck[]> {
    return Promise.resolve(tenant === tenantId && (storeId ?? stuck.storeId) === stuck.storeId ? [stuck] : []);
  }
}

const refundId = '6f1c2a5e-8d3b-8c7f-9a0e-5b6d7c8f9a03' as RefundId;
const givenBack: http.RefundView = { refundId, saleId: done, storeId: 'LEEDS-01' as StoreId, phase: 'forward', needsAttention: 'payment: unresolved' };
const stuckRefund: StuckRefund = { ...stuck, refundId, why: 'payment: unresolved' };

/** One refund that has ended, as far as its steps go, and that a person looks into, as far as its view goes. */
const refunds: Timelines<RefundId> & RefundBook & Attention<StuckRefund> = {
  read: (tenant, id, after) => Promise.resolve(tenant === tenantId && id === refundId ? { storeId: 'LEEDS-01' as StoreId, phase: 'completed', entries: [entry(1, 'started'), entry(2, 'completed')].filter(({ sequence }) => sequence > after) } : undefined),
  find: (tenant, id) => Promise.resolve(tenant === tenantId && id === refundId ? givenBack : undefined),
  stuck: (tenant, storeId) => Promise.resolve(tenant === tenantId && (storeId ?? stuck.storeId) === stuck.storeId ? [stuckRefund] : []),
};

/** Tokens are verified by libs/auth and its own specs; here a token is `tenant store role`. */
const verifier = {
  verify(header: string | undefined): Principal {
    const [tenant, store, role] = header?.slice('Bearer '.length).split(' ') ?? [];
    if (!tenant || !store || !role) throw new AuthError('auth-missing', 'no token');
    return { tenantId: tenant as TenantId, subject: 'somebody', roles: [role as Role], ...(store !== '-' && { storeId: store as StoreId }) };
  },
} as unknown as TokenVerifier;

let giveUpFate: GiveUpFate;
const givenUp: GiveUp[] = [];
const giveUp: SubmitGiveUp = (message) => (givenUp.push(message), Promise.resolve(giveUpFate));

const tables = new Tables();
const live = new LiveTimelines();
const logger = createLogger({ service: 'orchestrator', level: 'silent' });
class Routes {}
let app: HttpApp;
let base: string;

beforeAll(async () => {
  tables.sales.set(`acme/${done}`, { phase: 'completed', entries: [entry(1, 'started'), entry(2, 'succeeded'), entry(3, 'completed')] });
  app = await createHttpApp(
    {
      module: Routes,
      controllers: [SaleController, TimelineController, RefundController, AttentionController],
      providers: [
        { provide: ReadTimeline, useValue: new ReadTimeline(tables, live) },
        { provide: SALES, useValue: tables },
        { provide: ATTENTION, useValue: tables },
        { provide: REFUNDS, useValue: refunds },
        { provide: REFUND_TIMELINE, useValue: new ReadTimeline(refunds, live) },
        { provide: REFUND_ATTENTION, useValue: refunds },
        { provide: GIVE_UP, useValue: giveUp },
        { provide: LOGGER, useValue: logger },
      ],
    },
    { logger, health: new Health('orchestrator'), verifier, openapi: openapi() },
  );
  base = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`;
});
afterAll(() => app.close());
beforeEach(() => tables.sales.set(`acme/${running}`, { phase: 'forward', entries: [entry(1, 'started')] }));

const till = 'acme LEEDS-01 till';
const get = (path: string, token = till, headers: Record<string, string> = {}) => fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
const asJson = async (response: Response): Promise<unknown> => response.json();

function finish(): void {
  const sale = tables.sales.get(`acme/${running}`);
  sale?.entries.push(entry(2, 'cancelled'));
  if (sale) sale.phase = 'cancelled';
  live.committed([{ after: { tenantId, saleId: running } } as Change]);
}

describe('GET /v1/checkouts/{saleId}', () => {
  it('tells how a sale stands, to its own store', async () => {
    const response = await get(`/v1/checkouts/${done}`);
    expect([response.status, await asJson(response)]).toEqual([200, sold]);
  });

  it.each([['another store', 'acme BATH-01 till', 403], ['another tenant', 'other LEEDS-01 till', 404]])('tells %s nothing', async (_, token, status) => {
    expect((await get(`/v1/checkouts/${done}`, token)).status).toBe(status);
  });
});

describe('GET /v1/refunds/{refundId}', () => {
  it('tells how a refund stands and went, to its own store', async () => {
    expect(await asJson(await get(`/v1/refunds/${refundId}`))).toEqual(givenBack);
    expect(await asJson(await get(`/v1/refunds/${refundId}/timeline`))).toEqual({ refundId, entries: [entry(1, 'started'), entry(2, 'completed')] });
    expect((await (await get(`/v1/refunds/${refundId}/events`)).text()).match(/^event: .*$/gm)).toEqual(['event: started', 'event: completed']);
    expect((await get(`/v1/refunds/${refundId}/events`, till, { 'last-event-id': '2' })).status).toBe(204);
  });

  it.each([['another store', 'acme BATH-01 till', 403], ['another tenant', 'other LEEDS-01 till', 404]])('tells %s nothing', async (_, token, status) => {
    for (const path of ['', '/timeline', '/events']) expect((await get(`/v1/refunds/${refundId}${path}`, token)).status).toBe(status);
  });
});

describe('GET /v1/checkouts/{saleId}/timeline', () => {
  it('tells what happened to a sale so far', async () => {
    const response = await get(`/v1/checkouts/${running}/timeline`);
    expect([response.status, await asJson(response)]).toEqual([200, { saleId: running, entries: [entry(1, 'started')] }]);
  });

  it.each([
    ['401 without a token', '', `/v1/checkouts/${done}/timeline`, 401, 'auth-missing'],
    ['404 for another tenant’s sale', 'other LEEDS-01 till', `/v1/checkouts/${done}/timeline`, 404, 'not-found'],
    ['404 for a sale that is not there', till, `/v1/checkouts/${done.replace('01', '09')}/timeline`, 404, 'not-found'],
    ['403 for a till of another store', 'acme YORK-01 till', `/v1/checkouts/${done}/timeline`, 403, 'store-mismatch'],
    ['422 for what is no sale id', till, '/v1/checkouts/1%20OR%201=1/timeline', 422, 'schema-violation'],
  ])('answers %s', async (_, token, path, status, code) => {
    const response = await get(path, token);
    expect([response.status, await asJson(response)]).toEqual([status, expect.objectContaining({ code, outcome: 'not_accepted' })]);
  });
});

describe('GET /v1/checkouts/{saleId}/events', () => {
  it('streams what happened, then what happens, and ends with the sale', async () => {
    const response = await get(`/v1/checkouts/${running}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe(`id: 1\nevent: started\ndata: ${JSON.stringify(entry(1, 'started'))}\n\n`);
    finish();
    expect((await reader.read()).value).toBe(`id: 2\nevent: cancelled\ndata: ${JSON.stringify(entry(2, 'cancelled'))}\n\n`);
    expect((await reader.read()).done).toBe(true);
  });

  it('goes on after the last event that the client saw', async () => {
    expect(await (await get(`/v1/checkouts/${done}/events`, till, { 'last-event-id': '2' })).text()).toBe(`id: 3\nevent: completed\ndata: ${JSON.stringify(entry(3, 'completed'))}\n\n`);
  });

  it('starts from the beginning when the client’s last event is no number', async () => {
    expect(await (await get(`/v1/checkouts/${done}/events`, till, { 'last-event-id': '2; DROP TABLE timeline' })).text()).toMatch(/^id: 1\n/);
  });

  it('tells a client that has seen the end not to come again', async () => {
    expect((await get(`/v1/checkouts/${done}/events`, till, { 'last-event-id': '3' })).status).toBe(204);
  });

  it('is an ordinary 404 for another tenant’s sale', async () => {
    const response = await get(`/v1/checkouts/${done}/events`, 'other LEEDS-01 till');
    expect([response.status, response.headers.get('content-type')]).toEqual([404, expect.stringContaining('application/problem+json')]);
  }, 10_000);

  it('stops watching when the client goes away', async () => {
    const client = new AbortController();
    await fetch(`${base}/v1/checkouts/${running}/events`, { headers: { authorization: `Bearer ${till}` }, signal: client.signal });
    client.abort();
    for (let tries = 0; live.size > 0 && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(live.size).toBe(0);
  });
});

describe('POST /v1/attention/{saleId}/give-up', () => {
  const post = (token: string, body: unknown = { reason: 'the shop is closed' }) =>
    fetch(`${base}/v1/attention/${running}/give-up`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });

  it.each([['given-up', 202], ['too-late', 409], ['not-found', 404]] as const)('X081 says %s by %i', async (fate, status) => {
    giveUpFate = fate;
    expect((await post('acme - sre')).status).toBe(status);
  });

  it('passes on whose word it is, and of which store', async () => {
    giveUpFate = 'given-up';
    await post('acme LEEDS-01 sre');
    expect(givenUp.at(-1)?.body).toMatchObject({ tenantId: 'acme', storeId: 'LEEDS-01', saleId: running, reason: 'the shop is closed', by: expect.any(String) as string });
  });

  it('needs a reason, and is for operators', async () => {
    expect((await post('acme - sre', {})).status).toBe(422);
    expect((await post(till)).status).toBe(403);
  });
});

describe('GET /v1/attention', () => {
  it('shows an operator the sales of their tenant that nobody answers for', async () => {
    const response = await get('/v1/attention', 'acme - sre');
    expect([response.status, await asJson(response)]).toEqual([200, { checkouts: [stuck], refunds: [stuckRefund] }]);
    expect(await asJson(await get('/v1/attention', 'other - sre'))).toEqual({ checkouts: [], refunds: [] });
  });

  it('shows an operator of one store the sales of that store only', async () => {
    expect(await asJson(await get('/v1/attention', 'acme LEEDS-01 sre'))).toEqual({ checkouts: [stuck], refunds: [stuckRefund] });
    expect(await asJson(await get('/v1/attention', 'acme YORK-01 sre'))).toEqual({ checkouts: [], refunds: [] });
  });

  it.each([till, 'acme - back-office'])('is not for %s', async (token) => {
    expect((await get('/v1/attention', token)).status).toBe(403);
  });
});

it('documents what it serves, no more and no less', () => {
  expect(compareRoutes(routes, app.routes())).toEqual({ undocumented: [], notServed: [] });
});

it('ends open streams when the process is told to end', async () => {
  const response = await get(`/v1/checkouts/${running}/events`);
  const ended = response.text();
  await app.close();
  expect(await ended).toMatch(/^id: 1\n/);
}, 5_000);
