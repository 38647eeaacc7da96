import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { TokenVerifier } from '@checkout/auth';
import { createHttpApp, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import type { WebhookFate, WebhookReceived } from '../application/ports.ts';
import { signedWebhooks } from '../gateway/signed-webhooks.ts';
import { PaymentModule } from '../payment.module.ts';
import { sale } from '../testing.ts';

const secret = `whsec_${Buffer.from('a secret of at least twenty-four bytes').toString('base64')}`;
const now = Date.parse('2026-01-05T12:00:00.000Z');
const received: WebhookReceived[] = [];
const suspicions: string[] = [];
let fate: WebhookFate = 'applied';
let fails: Error | undefined;
let app: HttpApp;
let url: string;

/** A service of its own for each: how many webhooks it takes a second is counted. */
beforeEach(async () => {
  received.length = 0;
  suspicions.length = 0;
  fate = 'applied';
  fails = undefined;
  const inbox = {
    paymentResolved: () => Promise.resolve('nothing-to-resolve' as const),
    webhookReceived: (message: WebhookReceived) => (received.push(message), fails ? Promise.reject(fails) : Promise.resolve(fate)),
  };
  const webhooks = { inbox, reader: signedWebhooks([secret], () => now), isTestAccount: true, limit: { perSecond: 0.001, burst: 20 }, onSuspicion: (what: string) => void suspicions.push(what) };
  const reader = { read: () => Promise.resolve(undefined) };
  app = await createHttpApp(PaymentModule.with(reader, inbox, webhooks), { logger: createLogger({ service: 'payment', level: 'silent' }), health: new Health('payment'), verifier: {} as TokenVerifier, metrics: false });
  url = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/v1/provider-webhooks`;
});
afterEach(() => app.close());

const authorization = { id: 'auth_1', status: 'captured', amountMinor: 598, currency: 'GBP', reference: `${sale.saleId}:1`, merchantAccount: 'acme', capturedMinor: 598 };
const event = (more: object = {}) => JSON.stringify({ type: 'authorization.captured', isTest: true, data: authorization, ...more });

async function send(body: string | Buffer, headers: Record<string, string> = {}, id = 'evt_1') {
  const timestamp = String(now / 1_000);
  const signature = `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  const response = await fetch(url, {
    method: 'POST', body: new Uint8Array(Buffer.from(body)), headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature, ...headers },
  });
  return { status: response.status, body: (await response.json()) as { fate?: string; code?: string } };
}

it('takes what the provider signed, as it was signed', async () => {
  // Spaces and the order of members are the provider's: parsed and written again they would be others.
  const body = `{ "data" : ${JSON.stringify(authorization)} , "isTest":true,\n"type":"authorization.captured" }`;
  expect(await send(body)).toEqual({ status: 200, body: { fate: 'applied' } });
  expect(received.map(({ body: { tenantId, saleId, webhookId, notice } }) => ({ tenantId, saleId, webhookId, notice }))).toEqual([
    { tenantId: 'acme', saleId: sale.saleId, webhookId: 'evt_1', notice: { providerId: 'auth_1', status: 'captured', amountMinor: 598, currency: 'GBP', position: 1 } },
  ]);
});

it.each([['applied', 200], ['ignored', 200], ['repeated', 200], ['conflicting', 200], ['parked', 202]] as const)('answers %s by %i', async (given, status) => {
  fate = given;
  expect(await send(event())).toEqual({ status, body: { fate: given } });
  expect(suspicions).toEqual(given === 'conflicting' ? ['conflicting'] : []);
});

it('does not say that it has it before it has', async () => {
  fails = new Error('the database is out');
  expect((await send(event())).status).toBeGreaterThanOrEqual(500);
});

it.each<[string, string, Record<string, string>, number, string]>([
  ['without a signature', event(), { 'webhook-signature': '' }, 401, 'webhook-signature-invalid'],
  ['with another’s signature', event(), { 'webhook-signature': 'v1,AAAA' }, 401, 'webhook-signature-invalid'],
  ['signed under another id', event(), { 'webhook-id': 'evt_2' }, 401, 'webhook-signature-invalid'],
  ['that is no JSON', '{"type":', {}, 422, 'schema-violation'],
  ['that is no event', '[]', {}, 422, 'schema-violation'],
  ['of a live account', event({ isTest: false }), {}, 422, 'schema-violation'],
  ['as a form', event(), { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'media-type-unsupported'],
  ['that says that it is compressed', event(), { 'content-encoding': 'gzip' }, 415, 'encoding-unsupported'],
  ['of a megabyte', event({ padding: 'x'.repeat(1_000_000) }), {}, 413, 'body-too-large'],
])('takes none %s', async (_, body, headers, status, code) => {
  expect(await send(body, headers)).toMatchObject({ status, body: { code } });
  expect(received).toEqual([]);
});

it('takes none that is compressed', async () => {
  expect(await send(gzipSync(event()), { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
});

it.each([
  ['a kind that is new to us', { type: 'dispute.opened', data: { id: 'd1' } }],
  ['an authorization that is not ours', { data: { ...authorization, reference: 'another shop' } }],
  ['an authorization without an account', { data: { ...authorization, merchantAccount: undefined } }],
])('keeps events of %s, and does nothing about them', async (_, more) => {
  fate = 'ignored';
  expect((await send(event(more))).status).toBe(200);
  expect(received).toMatchObject([{ body: { tenantId: 'platform', notice: undefined } }]);
});

it('has a flood come later', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send(event(), {}, `evt_${n}`)));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
  expect(received).toHaveLength(20);
});
