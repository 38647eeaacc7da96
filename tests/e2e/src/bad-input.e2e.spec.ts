import { setTimeout as sleep } from 'node:timers/promises';
import { isCode } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import { card, products, serviceNames, totalOf, type Caller, type ServiceName } from '@checkout/local-network';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 90_000);
afterAll(() => world?.close());

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Every route that a service says it has. */
async function routesOf(service: ServiceName): Promise<readonly Route[]> {
  const { paths } = (await (await fetch(`${world.network.url(service)}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })));
}

const depth = 1_000;
/** Bodies that no route can take. */
const bodies: Readonly<Record<string, string>> = {
  'an empty list': '[]',
  nothing: 'null',
  'a text': '"x"',
  'half a document': '{"a":',
  'two documents': '{}{}',
  'one member twice': '{"a":1,"a":2}',
  'a number without end': '{"a":1e400}',
  'a number that cannot be kept': '{"a":9007199254740993}',
  'the machinery of objects': '{"__proto__":{"isAdmin":true}}',
  'a field that nobody knows': '{"isAdmin":true}',
  'a deep nest': `${'['.repeat(depth)}${']'.repeat(depth)}`,
  'a card number': '{"note":"4111 1111 1111 1111"}',
  'half a character': '{"note":"\\ud800"}',
};
const ids: Readonly<Record<string, string>> = {
  'an id that nothing has': uuidv7(),
  'an id in capitals': uuidv7().toUpperCase(),
  'a character that ends texts': '%00',
  'a statement of SQL': "1'%20OR%201=1--",
  'a way out': '..%2F..%2Fadmin',
  'another alphabet': '%E2%80%AE%F0%9F%8D%B5',
  'a very long id': 'x'.repeat(2_000),
};
const queries = ['limit=-1', 'limit=1e9', 'limit=abc', 'limit=1.5', 'after=%00', `after=${'A'.repeat(3_000)}`, 'after=a&after=b', '__proto__[x]=1', 'color=red'];

interface Told { readonly what: string; readonly status: number; readonly code: string; readonly echo: string }

/** What is down for a moment is asked again: a fault that an input makes is there again. */
async function ask(caller: Caller, service: ServiceName, route: Route, what: string, body?: string): Promise<Told> {
  for (let tries = 1; ; tries += 1) {
    const told = await askOnce(caller, service, route, what, body);
    if (told.status !== 503 || tries === 3) return told;
    await sleep(1_000);
  }
}

async function askOnce(caller: Caller, service: ServiceName, { method, path }: Route, what: string, body?: string): Promise<Told> {
  const response = await fetch(`${world.network.url(service)}${path}`, {
    method,
    headers: { authorization: `Bearer ${caller.token}`, 'idempotency-key': uuidv7(), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(20_000),
  });
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const text = isProblem ? await response.text() : (await response.body?.cancel(), '{}');
  const { code = 'none' } = JSON.parse(text) as { code?: string };
  return { what: `${method} ${path.slice(0, 120)} with ${what}`, status: response.status, code, echo: text };
}

const filled = (path: string, id: string): string => path.replaceAll(/\{[^}]+\}/g, id);
/** Our fault, or an answer without a code that is known, or one that repeats what it was sent. */
const wrong = ({ status, code, echo }: Told): boolean => status >= 500 || (status >= 400 && !isCode(code)) || /4111 1111|hunter2|isAdmin":true/.test(echo);
const callers = (): readonly Caller[] => [world.till, world.office, world.operator];

describe.each(serviceNames.map((service) => [service] as const))('every route of %s', (service) => {
  it('refuses what cannot be its body, whoever sends it, with a code that is known', async () => {
    const told: Told[] = [];
    for (const route of (await routesOf(service)).filter(({ method }) => method !== 'GET')) {
      for (const [what, body] of Object.entries(bodies)) {
        for (const caller of callers()) told.push(await ask(caller, service, { ...route, path: filled(route.path, uuidv7()) }, what, body));
      }
    }
    expect(told.filter((each) => wrong(each) || each.status < 400)).toEqual([]);
  }, 180_000);

  it('answers for ids and queries that cannot be', async () => {
    const told: Told[] = [];
    for (const route of (await routesOf(service)).filter(({ method, path }) => method === 'GET' && !path.endsWith('/events'))) {
      for (const [what, id] of Object.entries(ids)) {
        for (const caller of callers()) told.push(await ask(caller, service, { ...route, path: filled(route.path, id) }, what));
      }
      for (const query of queries) {
        for (const caller of callers()) told.push(await ask(caller, service, { ...route, path: `${filled(route.path, uuidv7())}?${query}` }, 'a query'));
      }
    }
    expect(told.filter(wrong)).toEqual([]);
  }, 180_000);
});

it('after all of that the shops sell', async () => {
  const lines = [{ sku: products[0]?.sku ?? '', quantity: 1 }];
  const { status, body } = await world.till.checkout({ lines, currency: 'GBP', totalMinor: totalOf(lines), tenders: [card(totalOf(lines))] });
  expect({ status, state: body.state }).toEqual({ status: 200, state: 'completed' });
  await world.expectBalance([body]);
}, 60_000);
