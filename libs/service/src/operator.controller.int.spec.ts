import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TokenVerifier } from '@checkout/auth';
import { createHttpApp, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import { Breaker } from '@checkout/resilience';
import { ManualTiming } from '@checkout/resilience/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { BreakerBoard, type BreakerView } from './breaker-board.ts';
import { BREAKERS, OperatorController } from './operator.controller.ts';

class OperatorsModule {}

const issuer = 'https://identity.test/';
const told: { readonly dependency: string; readonly mode: string; readonly by: string }[] = [];
const logged: string[] = [];
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let identity: Server;
let app: HttpApp;
let breaker: Breaker;
let board: BreakerBoard;

const tokenFor = (role: string): Promise<string> =>
  new SignJWT({ tenant: 'acme', roles: [role] }).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' })
    .setIssuer(issuer).setAudience('checkout').setSubject('ada').setIssuedAt().setExpirationTime('1h').sign(keys.privateKey);

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  identity = createServer((_, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))).listen(0, '127.0.0.1');
  await once(identity, 'listening');
  const jwksUrl = `http://127.0.0.1:${(identity.address() as AddressInfo).port}/jwks`;
  const logger = createLogger({ service: 'payment', level: 'info', destination: { write: (line: string) => void logged.push(line) } });
  board = new BreakerBoard({ breakerChanged: () => {}, breakerOverridden: (override) => void told.push(override) }, logger);
  const health = new Health('payment');
  health.ready('breakers', () => ({ ok: true, detail: board.list() }));
  health.markStarted();
  app = await createHttpApp({ module: OperatorsModule, controllers: [OperatorController], providers: [{ provide: BREAKERS, useValue: board }] }, {
    logger, health, verifier: new TokenVerifier({ issuer, audience: 'checkout', jwksUrl }),
  });
  breaker = new Breaker({ name: 'payment/work', classify: () => 'trip', probe: () => Promise.reject(new Error('not yet')), timing: new ManualTiming() });
  board.add(breaker);
});
afterEach(() => {
  board.override('payment/work', 'auto', { by: 'the test', reason: 'clean up', forMs: 0 });
  told.length = 0;
});
afterAll(async () => {
  await app.close();
  await breaker[Symbol.asyncDispose]();
  identity.closeAllConnections();
  identity.close();
});

const put = async (path: string, body: object, role = 'sre') =>
  app.fastify.inject({ method: 'PUT', url: `/v1/operations/breakers/${path}/override`, headers: { authorization: `Bearer ${await tokenFor(role)}` }, payload: body });

it('an operator holds a breaker open, is written down, and everybody can see it', async () => {
  const answer = await put('payment/work', { mode: 'open', reason: 'the database is being restored', minutes: 15 });
  expect(answer.statusCode).toBe(200);
  expect(answer.json<BreakerView>()).toMatchObject({ name: 'payment/work', state: 'open', kind: 'operator', override: { mode: 'open', by: 'ada' } });
  await expect(breaker.run(() => Promise.resolve())).rejects.toMatchObject({ name: 'DependencyUnavailable' });
  expect(told).toMatchObject([{ dependency: 'payment/work', mode: 'open', by: 'ada' }]);
  expect(logged.find((line) => line.includes('"audit":true'))).toContain('the database is being restored');
  const ready = await app.fastify.inject({ method: 'GET', url: '/health/ready' });
  expect(ready.statusCode).toBe(200);
  expect(ready.json()).toMatchObject({ checks: { breakers: { ok: true, detail: [{ name: 'payment/work', state: 'open', since: expect.any(String), cause: expect.any(String) }] } } });
});

it.each(['till', 'back-office'])('a %s may neither look nor touch', async (role) => {
  expect((await put('payment/work', { mode: 'open', reason: 'because I can' }, role)).statusCode).toBe(403);
  const headers = { authorization: `Bearer ${await tokenFor(role)}` };
  expect((await app.fastify.inject({ method: 'GET', url: '/v1/operations/breakers', headers })).statusCode).toBe(403);
  expect((await app.fastify.inject({ method: 'PUT', url: '/v1/operations/breakers/payment/work/override', payload: { mode: 'open', reason: 'nobody' } })).statusCode).toBe(401);
  expect(breaker.held).toBeUndefined();
});

it.each([[{ mode: 'half', reason: 'why not' }], [{ mode: 'open' }], [{ mode: 'open', reason: 'for ever', minutes: 100_000 }], [{ mode: 'open', reason: 'x', extra: 1 }], [{ mode: 'open', reason: '😀'.repeat(151) }]])('refuses %j', async (body) => {
  expect((await put('payment/work', body)).statusCode).toBe(422);
  expect(breaker.held).toBeUndefined();
});

it('knows no breaker of that name', async () => {
  expect((await put('payment/nothing', { mode: 'open', reason: 'a typing error' })).statusCode).toBe(404);
});

it('what nobody takes back ends by itself, and that is written down too', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  try {
    board.override('payment/work', 'close', { by: 'ada', reason: 'false alarm', forMs: 60_000 });
    expect(breaker.held).toBe('closed');
    jest.advanceTimersByTime(60_001);
  } finally {
    jest.useRealTimers();
  }
  expect(breaker.held).toBeUndefined();
  expect(told.map(({ mode, by }) => [mode, by])).toEqual([['close', 'ada'], ['auto', 'expiry']]);
});
