import { HttpRequest, type app as App, type HttpHandler, type HttpMethod, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import type { Principal, TokenVerifier } from '@checkout/auth/plain';
import type { Logger } from '@checkout/observability';
import type { Desk } from '../desk.ts';
import { replayOf, queue, silent, TestDesk } from '../testing/desk.ts';
import { WorkPlans } from '../application/work-plans.ts';
import { deskRoutes } from './desk-api.ts';
import { serveDesk } from './desk-http.ts';

/** Who knocks: the tenant's own operators, another tenant's, and the platform's. */
const people: Readonly<Record<string, readonly [tenantId: string, roles: readonly string[]]>> = {
  reader: ['acme', ['sre-reader']], sre: ['acme', ['sre']], approver: ['acme', ['sre-approver']], stranger: ['other', ['sre', 'sre-approver']], till: ['acme', ['till']],
  platform: ['scanlon', ['sre', 'platform']],
};

type Answer = { readonly status: number; readonly body: { readonly code?: string; readonly planId?: string; readonly [member: string]: unknown } };

/** The routes as the host would call them, without the host. */
class Routes {
  readonly served = new Map<string, HttpHandler>();

  constructor(desk: TestDesk) {
    const { parts } = desk;
    // Whose token it is stands in it: tokens and their signatures are the business of libs/auth.
    const verify = (authorization: string | undefined): Promise<Principal> => {
      const name = authorization?.replace('Bearer ', '') ?? '';
      const [tenantId, roles] = people[name] ?? ['', []];
      return Promise.resolve({ subject: name, tenantId, roles } as unknown as Principal);
    };
    const app = { http: (_name: string, { methods = [], route = '', handler }: { methods?: HttpMethod[]; route?: string; handler: HttpHandler }) => void this.served.set(`${methods[0]} /v1/${route}`, handler) };
    serveDesk(app as unknown as typeof App, {
      logger: silent as unknown as Logger, verifier: { verify } as unknown as TokenVerifier,
      index: parts.entries, groups: parts.groups, plans: parts.plans, reports: parts.reports, audit: parts.audit, indexing: parts.index, makePlan: parts.make, directPlan: parts.direct, dryRun: parts.dryRun,
      restore: parts.restore, workPlans: new WorkPlans(parts.plans, parts.run, 'test'), close: () => Promise.resolve(),
    } satisfies Desk);
  }

  async call(who: string, route: string, params: Record<string, string> = {}, body?: unknown, query: Record<string, string> = {}): Promise<Answer> {
    const [method = 'GET'] = route.split(' ');
    const handler = this.served.get(route);
    if (!handler) throw new Error(`${route} is not served`);
    const request = new HttpRequest({
      method, url: 'http://desk/v1/x', headers: { authorization: `Bearer ${who}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, params, query,
      ...(body !== undefined && { body: { string: JSON.stringify(body) } }),
    });
    const { status = 200, body: answer } = (await handler(request, {} as InvocationContext)) as HttpResponseInit;
    return { status, body: JSON.parse(String(answer)) as Answer['body'] };
  }
}

const plans = 'POST /v1/dead-letters/plans';
const ofPlan = (name: string): string => `POST /v1/dead-letters/plans/{planId}/${name}`;

describe('the routes of the desk', () => {
  let desk: TestDesk;
  let routes: Routes;
  beforeEach(async () => {
    desk = await TestDesk.start();
    routes = new Routes(desk);
    await desk.deadLetter(2);
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const made = async (who = 'sre', more: object = {}): Promise<string> => (await routes.call(who, plans, {}, { ...replayOf(await desk.signature()), ...more })).body.planId ?? '';

  it('are those that are documented', () => {
    const documented = deskRoutes.map(({ method, path }) => `${method} ${path}`);
    expect([...routes.served.keys()].filter((route) => !route.includes('openapi')).toSorted()).toEqual(documented.toSorted());
  });

  it('show another tenant nothing, whatever it asks for (X326)', async () => {
    const planId = await made();

    const answers = await Promise.all([
      routes.call('stranger', 'GET /v1/dead-letters/plans/{planId}', { planId }), routes.call('stranger', 'GET /v1/dead-letters/plans/{planId}/items', { planId }),
      ...['dry-run', 'approve', 'start', 'pause', 'cancel'].map((name) => routes.call('stranger', ofPlan(name), { planId })),
      routes.call('stranger', 'POST /v1/dead-letters/archive/{topic}/{subscription}/{sequenceNumber}/restore', { ...queue, sequenceNumber: '1' }, { reason: 'curious' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404, 404]);
    expect((await routes.call('stranger', 'GET /v1/dead-letters/groups')).body).toEqual({ groups: [] });
    expect((await routes.call('stranger', 'GET /v1/dead-letters', {}, undefined, { tenantId: 'acme' })).body).toEqual({ letters: [] });
    expect((await routes.call('stranger', 'GET /v1/dead-letters/plans')).body).toEqual({ plans: [] });
    expect((await routes.call('stranger', plans, {}, { kind: 'replay', selection: { tenantId: 'acme' }, reason: 'x' })).body.code).toBe('nothing-selected');
    expect((await routes.call('stranger', 'GET /v1/dead-letters/audit')).status).toBe(403);
    expect((await routes.call('platform', 'GET /v1/dead-letters/plans/{planId}', { planId })).status).toBe(200);
  });

  it.each<[string, string, string, Record<string, string>, unknown, number, string]>([
    ['a till that looks', 'till', 'GET /v1/dead-letters/groups', {}, undefined, 403, 'scope-missing'],
    ['a reader that plans', 'reader', plans, {}, { kind: 'replay', selection: { topic: 'stock' }, reason: 'x' }, 403, 'scope-missing'],
    ['a rule that breaks the contract (X329)', 'sre', plans, {}, { kind: 'replay', selection: { topic: 'stock' }, reason: 'x', rule: [{ op: 'add', path: '/note', value: 1 }] }, 422, 'rule-breaks-contract'],
    ['a rule that moves a sale to another tenant (X330)', 'sre', plans, {}, { kind: 'replay', selection: { topic: 'stock' }, reason: 'x', rule: [{ op: 'replace', path: '/tenantId', value: 'other' }] }, 422, 'rule-invalid'],
    ['a filter that fits nothing (X331)', 'sre', plans, {}, { kind: 'replay', selection: { saleId: 'none' }, reason: 'x' }, 422, 'nothing-selected'],
    ['a filter that names nothing (X331)', 'sre', plans, {}, { kind: 'replay', selection: {}, reason: 'x' }, 422, 'selection-empty'],
    ['a discard without a reason (X335)', 'sre', plans, {}, { kind: 'discard', selection: { topic: 'stock' }, reason: '' }, 422, 'reason-missing'],
    ['a plan that nobody made', 'sre', ofPlan('start'), { planId: '01890000-0000-7000-8000-000000000001' }, undefined, 404, 'plan-unknown'],
  ])('refuse %s', async (_, who, route, params, body, status, code) => {
    await desk.signature();

    const answer = await routes.call(who, route, params, body);

    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('let one of two operators have a message (X339)', async () => {
    const [first, second] = [await made(), await made('platform')];

    const answers = [await routes.call('sre', ofPlan('start'), { planId: first }), await routes.call('platform', ofPlan('start'), { planId: second })];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([[200, undefined], [409, 'another-plan']]);
  });

  it('OP11 refuse to start while a breaker is open, and say which (X333)', async () => {
    const planId = await made();
    await desk.parts.reports.breakerChanged({ service: 'inventory', instance: 'i', dependency: 'inventory/work', state: 'open', cause: 'login failed', incidentId: 'inc-7', at: new Date() });

    expect(await routes.call('sre', ofPlan('start'), { planId })).toMatchObject({ status: 409, body: { code: 'breaker-open', detail: expect.stringContaining('inventory/work (login failed; incident inc-7)') as string } });
    expect((await routes.call('sre', 'GET /v1/dead-letters/plans/{planId}', { planId })).body['heldBackBy']).toContain('inventory/work');
  });

  it('OP10 want a second person for a replay that would meet sales which have gone another way since (X328)', async () => {
    const planId = await made();
    const plan = await desk.parts.plans.find('all-tenants', planId);
    const [item] = await desk.parts.plans.items(planId, ['planned'], 1);
    if (plan && item) await desk.parts.plans.mark(plan, [{ sequenceNumber: item.sequenceNumber, prediction: 'conflict', because: 'the sale is cancelled' }], []);

    const alone = await routes.call('sre', ofPlan('start'), { planId });
    await routes.call('approver', ofPlan('approve'), { planId });
    const together = await routes.call('sre', ofPlan('start'), { planId });

    expect(alone).toMatchObject({ status: 403, body: { code: 'approval-needed', detail: expect.stringContaining('1 of its messages') as string } });
    expect(together).toMatchObject({ status: 200, body: { state: 'running' } });
  });

  it('OP08 know no replay of what has been replayed (X327)', async () => {
    const planId = await made();
    const plan = await desk.parts.plans.find('all-tenants', planId);
    await routes.call('sre', ofPlan('start'), { planId });
    if (plan) await Promise.all([desk.handle(2), desk.parts.run.run(plan, Date.now() + 20_000)]);

    expect((await routes.call('sre', plans, {}, { kind: 'replay', selection: { topic: 'stock' }, reason: 'once more' })).body.code).toBe('nothing-selected');
    expect((await routes.call('sre', ofPlan('start'), { planId })).body.code).toBe('plan-not-in-state');
  });

  it.each<[string, string, Record<string, string>]>([
    ['X163 a name that no column holds', 'GET /v1/dead-letters', { signature: 'é' }],
    ['X163 a name that no column of groups holds', 'GET /v1/dead-letters/groups', { subscription: '在庫' }],
    ['X162 a text that is longer than what it is looked for with', 'GET /v1/dead-letters', { text: '😀'.repeat(101) }],
  ])('refuse %s', async (_what, route, query) => {
    expect((await routes.call('sre', route, {}, undefined, query)).status).toBe(422);
  });

  it('X152 look for a text as it is, percent signs and brackets too', async () => {
    await desk.deadLetter(1, { first: 8, bodyOf: () => ({ note: '50% of [a_b]' }) });
    await desk.signature();
    const found = async (text: string) => (await routes.call('sre', 'GET /v1/dead-letters', {}, undefined, { text })).body['letters'] as unknown[];
    expect(await found('50% of [a_b]')).toHaveLength(1);
    for (const text of ['5%a_b', '[a-z]', "' OR 1=1 --"]) expect(await found(text)).toEqual([]);
  });

  it('refuse to replay what nobody reads, and let it be discarded (X334)', async () => {
    const sender = desk.client.createSender('stock');
    await sender.sendMessages({ messageId: 'of-tomorrow', body: {}, subject: 'inventory.commit-stock.v9', applicationProperties: { tenant: 'acme', replayFor: 'inventory', 'cloudEvents:type': 'inventory.commit-stock.v9' } });
    await desk.signature();
    const selection = { type: 'inventory.commit-stock.v9' };

    expect((await routes.call('sre', plans, {}, { kind: 'replay', selection, reason: 'x' })).body.code).toBe('version-unsupported');
    expect((await routes.call('sre', plans, {}, { kind: 'discard', selection, reason: 'no till of ours sends it' })).status).toBe(201);
  });

  it('show a body as text that a page cannot run and a terminal shows as it is, without card tokens (X336, X337)', async () => {
    await desk.deadLetter(1, { first: 9, bodyOf: () => ({ note: '\u001B[2J<script>\u202E', cardToken: 'tok_secret' }) });
    await desk.signature();

    const { body } = await routes.call('sre', 'GET /v1/dead-letters', {}, undefined, { text: 'script' });

    const [letter] = body['letters'] as { bodyText: string }[];
    expect(letter?.bodyText).not.toContain('\u001B');
    expect(letter?.bodyText).not.toContain('tok_secret');
  });
});
