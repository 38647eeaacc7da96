import { generateKeyPair, exportJWK, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { Caller, KeySet, Public, Requires, TokenVerifier, type Principal } from '@checkout/auth';
import { createLogger, Health } from '@checkout/observability';
import { DependencyUnavailable } from '@checkout/resilience';
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { z } from 'zod';
import { compareRoutes, createHttpApp, createOpenApi, IdempotencyKey, Problem, ZodBody, type HttpApp, type RouteDoc } from './index.ts';

const Basket = z.strictObject({ sku: z.string(), quantity: z.int().min(1) });
type Basket = z.output<typeof Basket>;

@Controller('v1')
class Shop {
  @Post('checkouts')
  @HttpCode(202)
  @Requires('checkout:submit')
  submit(@Caller() caller: Principal, @IdempotencyKey() key: string, @ZodBody(Basket) basket: Basket) {
    return { tenantId: caller.tenantId, key, quantity: basket.quantity };
  }

  @Get('checkouts/:id')
  @Requires('checkout:read')
  read() {
    throw new DependencyUnavailable('sql', 2_500);
  }

  @Get('forgotten')
  forgotten() {
    return 'nobody may read this';
  }

  @Post('catalogue')
  @Requires('catalogue:write')
  catalogue() {
    return {};
  }

  @Get('defect')
  @Public()
  defect() {
    throw new Error('the password is hunter2');
  }

  @Get('conflict')
  @Public()
  conflict() {
    throw new Problem('idempotency-key-reused', { outcome: 'accepted', moneyMoved: 'unknown' });
  }
}

@Module({ controllers: [Shop] })
class ShopModule {}

const routes: readonly RouteDoc[] = [
  { method: 'POST', path: '/v1/checkouts', summary: 'Submit', permission: 'checkout:submit', body: Basket, responses: { 202: { description: 'Accepted', body: z.object({}) } } },
  { method: 'GET', path: '/v1/checkouts/{id}', summary: 'Read', permission: 'checkout:read', params: z.strictObject({ id: z.string() }), responses: { 200: { description: 'The sale' } } },
];

const issuer = 'https://identity.test/';
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: Server;
let app: HttpApp;
let base: string;
let till: string;
const health = new Health('shop');
const logged: string[] = [];

const tokenFor = (roles: string[], subject = 'till-1') =>
  new SignJWT({ tenant: 'acme', store: 's1', till: 't1', roles }).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' })
    .setIssuer(issuer).setAudience('checkout').setSubject(subject).setIssuedAt().setExpirationTime('1h').sign(keys.privateKey);

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  jwks = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => void jwks.listen(0, '127.0.0.1', resolve));
  const address = jwks.address();
  const jwksUrl = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/` : '';
  const verifier = new TokenVerifier({ issuer, audience: 'checkout', jwksUrl, keys: new KeySet({ url: jwksUrl }) });
  const logger = createLogger({ service: 'shop', destination: { write: (line: string) => void logged.push(line) } });
  app = await createHttpApp(ShopModule, { logger, health, verifier, openapi: createOpenApi({ title: 'Shop', version: '1', routes }), rateLimit: { perSecond: 1, burst: 30 }, origins: ['https://till.example'] });
  base = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`;
  till = await tokenFor(['till']);
});

afterAll(async () => {
  await app.close();
  jwks.closeAllConnections();
  await new Promise((resolve) => jwks.close(resolve));
});

const submit = (init: { body?: string | Uint8Array; headers?: Record<string, string> } = {}) =>
  fetch(`${base}/v1/checkouts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${till}`, 'content-type': 'application/json', 'idempotency-key': 'k-1', ...init.headers },
    body: init.body ?? JSON.stringify({ sku: 'A', quantity: 2 }),
  });

const problemIn = async (response: Response): Promise<Record<string, unknown>> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const document = await response.json();
  return typeof document === 'object' && document !== null ? { ...document } : {};
};

describe('a request that is in order', () => {
  it('reaches the route with its caller, its key and its body', async () => {
    const response = await submit();
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ tenantId: 'acme', key: 'k-1', quantity: 2 });
  });

  it('continues the trace of its caller and names it in the answer', async () => {
    const response = await submit({ headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
    expect(response.headers.get('x-trace-id')).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(response.headers.get('traceparent')).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('a request that is not', () => {
  const json = (value: unknown) => JSON.stringify(value);
  const rows: readonly (readonly [string, Parameters<typeof submit>[0], number, string])[] = [
    ['X001 an empty body', { body: '' }, 400, 'body-missing'],
    ['X002 a list', { body: '[]' }, 422, 'schema-violation'],
    ['X002 null', { body: 'null' }, 422, 'schema-violation'],
    ['X003 cut JSON', { body: '{' }, 400, 'json-invalid'],
    ['X004 two documents', { body: '{}{}' }, 400, 'json-invalid'],
    ['X005 NaN', { body: '{"quantity":NaN}' }, 400, 'json-invalid'],
    ['X007 bytes that are no UTF-8', { body: new Uint8Array([0x22, 0xc0, 0xaf, 0x22]) }, 400, 'charset-invalid'],
    ['X008 another charset', { headers: { 'content-type': 'application/json; charset=iso-8859-1' } }, 415, 'media-type-unsupported'],
    ['X009 deep nesting', { body: '['.repeat(100_000) }, 400, 'json-too-deep'],
    ['X010 too many bytes', { body: json('x'.repeat(256 * 1024)) }, 413, 'body-too-large'],
    ['X018 a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415, 'encoding-unsupported'],
    ['X019 plain text', { headers: { 'content-type': 'text/plain' } }, 415, 'media-type-unsupported'],
    ['X034 a key with a space', { headers: { 'idempotency-key': 'a b' } }, 400, 'idempotency-key-invalid'],
    ['X034 a long key', { headers: { 'idempotency-key': 'k'.repeat(65) } }, 400, 'idempotency-key-invalid'],
    ['X051 one member twice', { body: '{"sku":"A","quantity":1,"quantity":2}' }, 400, 'json-duplicate-key'],
    ['X052 __proto__', { body: '{"sku":"A","quantity":1,"__proto__":{}}' }, 422, 'unknown-field'],
    ['X053 an unknown field', { body: json({ sku: 'A', quantity: 1, tenantId: 'other' }) }, 422, 'unknown-field'],
    ['X054 an infinite number', { body: '{"sku":"A","quantity":1e400}' }, 400, 'json-number-invalid'],
    ['X055 a number too large to keep', { body: '{"sku":"A","quantity":9007199254740993}' }, 400, 'json-number-invalid'],
    ['X072 a card number', { body: json({ sku: '4111 1111 1111 1111', quantity: 1 }) }, 422, 'pan-detected'],
    ['X085 a number as text', { body: json({ sku: 'A', quantity: '1' }) }, 422, 'schema-violation'],
    ['X247 another scheme', { headers: { authorization: 'Basic eDp5' } }, 401, 'auth-invalid'],
  ];
  it.each(rows)('%s', async (_, init, status, code) => {
    till = await tokenFor(['till'], `till-${Math.random()}`);
    const response = await submit(init);
    expect(response.status).toBe(status);
    expect(await problemIn(response)).toMatchObject({ code, status, outcome: 'not_accepted', moneyMoved: 'no', traceId: response.headers.get('x-trace-id'), instance: '/v1/checkouts' });
  });

  it('X020 accepts parameters that say the same', async () => {
    expect((await submit({ headers: { 'content-type': 'application/json; charset=utf-8; boundary=x' } })).status).toBe(202);
  });

  it('X006 skips a byte order mark', async () => {
    expect((await submit({ body: new Uint8Array([0xef, 0xbb, 0xbf, ...Buffer.from(json({ sku: 'A', quantity: 2 }))]) })).status).toBe(202);
  });

  it('X033 needs an idempotency key', async () => {
    const response = await fetch(`${base}/v1/checkouts`, { method: 'POST', headers: { authorization: `Bearer ${till}`, 'content-type': 'application/json' }, body: '{}' });
    expect(await problemIn(response)).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
  });

  it('points at what is wrong, and never repeats it', async () => {
    const document = await problemIn(await submit({ body: json({ sku: 7, quantity: 1, 'a/b': 'hunter2' }) }));
    expect(document['errors']).toEqual([
      { pointer: '/sku', code: 'schema-violation', detail: expect.any(String) },
      { pointer: '/a~1b', code: 'unknown-field', detail: expect.any(String) },
    ]);
    expect(JSON.stringify(document)).not.toContain('hunter2');
  });

  it('X022 says which methods an address has', async () => {
    const response = await fetch(`${base}/v1/checkouts`, { method: 'PUT' });
    expect(response.headers.get('allow')).toBe('POST');
    expect(await problemIn(response)).toMatchObject({ status: 405, code: 'method-not-allowed' });
    const parametric = await fetch(`${base}/v1/checkouts/abc`, { method: 'DELETE' });
    expect(await problemIn(parametric)).toMatchObject({ status: 405 });
  });

  it.each(['/nowhere', '/v1/%2e%2e/admin', '/v1/checkouts;x=1', '//', '/%zz'])('X023 does not know %s', async (path) => {
    expect(await problemIn(await fetch(`${base}${path}`))).toMatchObject({ status: 404, code: 'not-found' });
  });

  it.each(['?color=red', '?__proto__[x]=1', '?limit[]=5'])('X046 asks what the route does not know: %s', async (query) => {
    expect(await problemIn(await fetch(`${base}/v1/checkouts/1${query}`))).toMatchObject({ status: 422, code: 'unknown-field' });
  });

  it('X246 has no token', async () => {
    const response = await fetch(`${base}/v1/checkouts/1`);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problemIn(response)).toMatchObject({ status: 401, code: 'auth-missing' });
  });

  it('X277 lets a till neither administer nor read what no route declares', async () => {
    const headers = { authorization: `Bearer ${await tokenFor(['till'], 'climber')}` };
    expect(await problemIn(await fetch(`${base}/v1/catalogue`, { method: 'POST', headers }))).toMatchObject({ status: 403, code: 'scope-missing' });
    expect(await problemIn(await fetch(`${base}/v1/forgotten`, { headers }))).toMatchObject({ status: 403, code: 'scope-missing' });
  });

  it('X025 sends too many headers', async () => {
    const answer = await rawly(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(64 * 1024)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"headers-too-large"');
  });

  it.each([
    ['X012 a length that is too short', 'POST /v1/checkouts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\n{}}}\r\n\r\n'],
    ['X013 both lengths', 'POST /v1/checkouts HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['X014 a negative length', 'POST /v1/checkouts HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
    ['X026 a header with NUL', 'GET / HTTP/1.1\r\nhost: x\r\nx: a\u0000b\r\n\r\n'],
    ['X014 two lengths', 'POST /v1/checkouts HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc'],
    ['X014 a length with a sign', 'POST /v1/checkouts HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\nabcde'],
    ['X015 a malformed chunk', 'POST /v1/checkouts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['X022 a method in lower case', 'get / HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['X029 a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    ['X029 an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s is refused and ends the connection', async (_, bytes) => {
    expect(await rawly(bytes)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('at the front', () => {
  it.each([
    ['no host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['two hosts', 'GET /health/live HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n'],
    ['a malformed host', 'GET /health/live HTTP/1.1\r\nhost: a/b?c\r\nconnection: close\r\n\r\n'],
    ['an address with a host of its own', 'GET http://other/health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
  ])('X027 %s is refused', async (_, bytes) => {
    const answer = await rawly(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"host-invalid"');
  });

  it('X021 an answer that the caller cannot read is not made: nothing is done', async () => {
    expect(await problemIn(await submit({ headers: { accept: 'text/html' } }))).toMatchObject({ status: 406, code: 'not-acceptable', outcome: 'not_accepted' });
    expect((await submit({ headers: { accept: 'text/html, application/json;q=0.5', authorization: `Bearer ${await tokenFor(['till'], 'reader-of-json')}` } })).status).toBe(202);
  });

  it('X024 an address of 64 KB is too long', async () => {
    const answer = await rawly(`GET /${'a'.repeat(64 * 1024)} HTTP/1.1\r\nhost: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 414 /);
    expect(answer).toContain('"code":"uri-too-long"');
  });

  it('X028 an expectation that nobody knows fails', async () => {
    const answer = await rawly('POST /v1/checkouts HTTP/1.1\r\nhost: x\r\nexpect: a-pony\r\ncontent-length: 2\r\n\r\n{}');
    expect(answer).toMatch(/^HTTP\/1\.1 417 /);
    expect(answer).toContain('"code":"expectation-failed"');
  });

  it('speaks the language of its caller', async () => {
    const response = await fetch(`${base}/nowhere`, { headers: { 'accept-language': 'de-AT, en;q=0.5' } });
    expect([response.headers.get('content-language'), response.headers.get('vary')]).toEqual(['de', 'accept-language']);
    expect(await problemIn(response)).toMatchObject({ code: 'not-found', title: 'Hier gibt es nichts', action: 'Adresse und Id prüfen.' });
  });
});

/** Everything that the server says until it hangs up. */
const rawly = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => void socket.write(bytes, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => void (answer += chunk.toString('latin1'))).on('close', () => resolve(answer)).on('error', reject);
  });

describe('an error on our side', () => {
  it('a dependency that is down says when to come back', async () => {
    const response = await fetch(`${base}/v1/checkouts/1`, { headers: { authorization: `Bearer ${await tokenFor(['till'], 'reader')}` } });
    // Not sooner, and up to half as much later, so that not all tills come at once.
    expect(response.headers.get('retry-after')).toMatch(/^[34]$/);
    const document = await problemIn(response);
    expect(document).toMatchObject({ status: 503, code: 'dependency-unavailable', retryable: true, outcome: 'not_accepted', dependencies: [expect.any(String)] });
    expect(document['retryAfterMs']).toBeGreaterThanOrEqual(2_500);
    expect(document['retryAfterMs']).toBeLessThanOrEqual(3_750);
  });

  it('a defect is logged once under the trace id and tells nothing', async () => {
    logged.length = 0;
    const response = await fetch(`${base}/v1/defect`);
    const document = await problemIn(response);
    expect(document).toMatchObject({ status: 500, code: 'internal', outcome: 'unknown', moneyMoved: 'unknown' });
    expect(JSON.stringify(document)).not.toContain('hunter2');
    expect(logged.filter((line) => line.includes(String(document['traceId'])))).toHaveLength(1);
  });

  it('a problem says what its thrower knows', async () => {
    expect(await problemIn(await fetch(`${base}/v1/conflict`))).toMatchObject({ status: 409, outcome: 'accepted', moneyMoved: 'unknown' });
  });
});

it('X050 slows down a subject that sends too much, and no other', async () => {
  const greedy = { authorization: `Bearer ${await tokenFor(['till'], 'greedy')}` };
  const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await submit({ headers: greedy })).status));
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(9);
  const response = await submit({ headers: greedy });
  expect(await problemIn(response)).toMatchObject({ code: 'rate-limited', retryable: true });
  expect(response.headers.get('retry-after')).toBe('1');
  expect((await submit({ headers: { authorization: `Bearer ${await tokenFor(['till'], 'modest')}` } })).status).toBe(202);
});

it('tells its state, its figures and its documentation', async () => {
  expect((await fetch(`${base}/health/live`)).status).toBe(200);
  expect((await fetch(`${base}/health/ready`)).status).toBe(503);
  health.markStarted();
  health.ready('bus', () => ({ ok: true, detail: 'connected' }));
  expect(await (await fetch(`${base}/health/ready`)).json()).toMatchObject({ status: 'ok', checks: { bus: { ok: true, detail: 'connected' } } });
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('http_request_duration_seconds_bucket');
  expect(await (await fetch(`${base}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.1', paths: { '/v1/checkouts': { post: { security: [{ token: [] }] } } } });
});

it('finds where the documentation and what is served differ', () => {
  const { undocumented, notServed } = compareRoutes([...routes, { ...routes[0], method: 'PUT', path: '/v1/never' } as RouteDoc], app.routes());
  expect(undocumented).toEqual(['GET /v1/forgotten', 'POST /v1/catalogue', 'GET /v1/defect', 'GET /v1/conflict']);
  expect(notServed).toEqual(['PUT /v1/never']);
});

describe('a page of another origin', () => {
  /** What a browser asks before it sends a sale. */
  const preflight = (origin: string) => fetch(`${base}/v1/checkouts`, {
    method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type,idempotency-key,traceparent' },
  });
  const list = (answer: Response, name: string) => (answer.headers.get(name) ?? '').split(', ');

  it('that is the till\'s may send a sale, and need not ask before each', async () => {
    const answer = await preflight('https://till.example');
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-max-age'), await answer.text()]).toEqual([204, 'https://till.example', '7200', '']);
    expect(list(answer, 'access-control-allow-methods')).toEqual(['GET', 'POST']);
    expect(list(answer, 'access-control-allow-headers')).toEqual(['authorization', 'content-type', 'idempotency-key', 'traceparent']);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('that is the till\'s may read the answer, the server\'s clock, and a refusal', async () => {
    const sold = await submit({ headers: { origin: 'https://till.example' } });
    expect([sold.status, sold.headers.get('access-control-allow-origin')]).toEqual([202, 'https://till.example']);
    expect(list(sold, 'access-control-expose-headers')).toEqual(expect.arrayContaining(['date', 'location', 'retry-after', 'x-trace-id']));
    for (const path of ['/v1/checkouts/1', '/nowhere', '/v1/defect']) {
      const refused = await fetch(`${base}${path}`, { headers: { origin: 'https://till.example' } });
      expect([path, refused.ok, refused.headers.get('access-control-allow-origin')]).toEqual([path, false, 'https://till.example']);
    }
  });

  it.each(['https://elsewhere.example', 'https://till.example.elsewhere.example', 'http://till.example', 'null'])('that is %s gets no leave', async (origin) => {
    const answer = await preflight(origin);
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-headers')]).toEqual([405, null, null]);
    expect((await submit({ headers: { origin } })).headers.get('access-control-allow-origin')).toBeNull();
  });
});
