import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProvider, type FaultRule, type RunningProvider } from './index.ts';

interface Heard { readonly headers: IncomingHttpHeaders; readonly body: string }

const secret = `whsec_${Buffer.from('a shop and its provider').toString('base64')}`;
let directory: string;
let provider: RunningProvider;
let shop: Server;
const heard: Heard[] = [];
let refusals = 0;

beforeEach(async () => {
  heard.length = 0;
  refusals = 0;
  directory = mkdtempSync(join(tmpdir(), 'provider-'));
  shop = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(heard.length <= refusals ? 500 : 200).end();
    });
  });
  await new Promise<void>((resolve) => void shop.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`;
  provider = await startProvider({ directory, latencyMs: 1, webhooks: { url, secrets: [secret, secret.replace('whsec_', 'whsec_AAAA')], events: 'undelivered' } });
});
afterEach(async () => {
  await provider.close();
  await new Promise((resolve) => { shop.close(resolve); shop.closeAllConnections(); });
  rmSync(directory, { recursive: true, force: true });
});

type Json = Readonly<Record<string, unknown>>;
const fault = async (...rules: readonly FaultRule[]) => expect((await fetch(`${provider.url}/faults`, { method: 'POST', body: JSON.stringify(rules) })).status).toBe(200);
const get = async (path: string): Promise<Json> => (await (await fetch(`${provider.url}${path}`)).json()) as Json;
const authorize = async (reference = 'sale-1', key = `${reference}:key`, signal: AbortSignal | null = null) => {
  const body = JSON.stringify({ reference, amountMinor: 1_250, currency: 'EUR', cardToken: 'tok_approved', merchantAccount: 'acme' });
  const response = await fetch(`${provider.url}/v1/authorizations`, { method: 'POST', body, headers: { 'idempotency-key': key }, signal });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: (await response.json()) as Json };
};
const movements = async () => ((await get('/v1/ledger'))['entries'] as readonly { readonly movement: string }[]).map(({ movement }) => movement);
const told = async (count: number): Promise<readonly Heard[]> => {
  for (const until = Date.now() + 10_000; heard.length < count && Date.now() < until; ) await new Promise((resolve) => setTimeout(resolve, 10));
  return heard;
};

it.each([
  ['is done, and the answer lost', { on: 'authorize', reply: 'lost' }, ['authorized']],
  ['is done, and hung up on', { on: 'authorize', reply: 'reset' }, ['authorized']],
  ['never arrives', { on: 'authorize', effect: 'never', reply: 'reset' }, []],
  ['is done after the caller has gone', { on: 'authorize', effect: 'later', delayMs: 150 }, []],
] as const)('an authorisation %s', async (_, rule: FaultRule, atOnce: readonly string[]) => {
  await fault(rule);
  await expect(authorize('sale-1', 'key-1', AbortSignal.timeout(100))).rejects.toThrow(/aborted|fetch failed/);
  expect(await movements()).toEqual(atOnce);
  if (rule.effect === 'later') {
    await told(1);
    expect(await movements()).toEqual(['authorized']);
  }
  expect(await authorize('sale-1', 'key-1')).toMatchObject({ status: 200, body: { status: 'authorized' } });
  expect(await movements()).toEqual(['authorized']);
});

it('asks for patience', async () => {
  await fault({ on: 'any', reply: 429, retryAfterSeconds: 7 });
  expect(await authorize()).toMatchObject({ status: 429, retryAfter: '7' });
  expect(await authorize()).toMatchObject({ status: 200 });
});

it('repeats the same 500 for the same key although it has done what was asked', async () => {
  await fault({ on: 'authorize', effect: 'done', reply: 500, isKept: true });
  expect([(await authorize()).status, (await authorize()).status]).toEqual([500, 500]);
  expect(await movements()).toEqual(['authorized']);
});

it.each([['amountMinor', 'other-amount', 1_251], ['currency', 'other-currency', 'XTS']] as const)('echoes another %s', async (name, reply, value) => {
  await fault({ on: 'authorize', reply });
  expect((await authorize()).body[name]).toBe(value);
});

it('does not find a reference that it knows', async () => {
  await authorize();
  await fault({ on: 'lookup', reply: 'unknown' });
  expect((await get('/v1/authorizations?reference=sale-1'))['authorizations']).toEqual([]);
  expect((await get('/v1/authorizations?reference=sale-1'))['authorizations']).toHaveLength(1);
});

it('hits the matches it was told to hit, and counts them', async () => {
  await fault({ on: 'authorize', reference: 'sale-2', nth: 2, times: 1, reply: 503 });
  const statuses = [];
  for (const reference of ['sale-1', 'sale-2', 'sale-2', 'sale-2']) statuses.push((await authorize(reference, `${reference}-${statuses.length}`)).status);
  expect(statuses).toEqual([200, 200, 503, 200]);
  expect((await get('/faults'))['rules']).toMatchObject([{ seen: 3, hits: 1 }]);
});

it('hits the same matches again with the same seed', async () => {
  const run = async (seed: number) => {
    await fault({ on: 'authorize', probability: 0.5, seed, reply: 503 });
    const statuses = [];
    for (let n = 0; n < 20; n += 1) statuses.push((await authorize(`sale-${seed}-${n}`, `key-${Math.random()}`)).status);
    return statuses.join(' ');
  };
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(new Set(first.split(' ')).size).toBe(2);
});

it.each([{ on: 'capturing', reply: 500 }, { on: 'capture', reply: 200 }, { on: 'capture', repply: 'lost' }])('refuses the rule %j', async (rule) => {
  expect((await fetch(`${provider.url}/faults`, { method: 'POST', body: JSON.stringify(rule) })).status).toBe(400);
});

it('tells by webhook what it could not answer, signed with every secret', async () => {
  await fault({ on: 'authorize', reply: 'lost' });
  await expect(authorize('sale-1', 'key-1', AbortSignal.timeout(100))).rejects.toThrow('aborted');
  const [notice] = await told(1);
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = notice?.headers ?? {};
  const expected = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${String(id)}.${String(timestamp)}.${notice?.body}`).digest('base64');
  expect(String(signature).split(' ')).toHaveLength(2);
  expect(String(signature).split(' ')[0]).toBe(`v1,${expected}`);
  expect(JSON.parse(notice?.body ?? '')).toMatchObject({ type: 'authorization.authorized', data: { reference: 'sale-1', merchantAccount: 'acme', amountMinor: 1_250 } });
});

it('tells first, twice or never, and again until it is heard', async () => {
  await fault({ on: 'authorize', webhook: 'first' });
  await authorize();
  expect(heard).toHaveLength(1);
  await fault({ on: 'authorize', webhook: 'twice' });
  await authorize('sale-2');
  await told(3);
  expect(heard[1]?.headers['webhook-id']).toBe(heard[2]?.headers['webhook-id']);
  await fault({ on: 'authorize', reply: 'reset', webhook: 'never' }, { on: 'authorize', webhook: 'once' });
  refusals = 4;
  await expect(authorize('sale-3')).rejects.toThrow('fetch failed');
  await authorize('sale-4');
  const notices = await told(5);
  expect(notices.map(({ body }) => (JSON.parse(body) as { data: Json }).data['reference'])).toEqual(['sale-1', 'sale-2', 'sale-2', 'sale-4', 'sale-4']);
});

it('lists every reference with what it adds up to', async () => {
  const { body } = await authorize();
  await fetch(`${provider.url}/v1/authorizations/${String(body['id'])}/capture`, { method: 'POST', body: JSON.stringify({ amountMinor: 1_250 }) });
  await authorize('sale-2');
  await fetch(`${provider.url}/v1/authorizations/void-by-reference`, { method: 'POST', body: JSON.stringify({ reference: 'sale-2' }) });
  expect(await get('/v1/references')).toMatchObject({
    count: 2,
    references: [
      { reference: 'sale-1', fenced: false, authorizedMinor: 1_250, capturedMinor: 1_250, voidedMinor: 0, alive: 1 },
      { reference: 'sale-2', fenced: true, authorizedMinor: 1_250, capturedMinor: 0, voidedMinor: 1_250, alive: 0 },
    ],
  });
});
