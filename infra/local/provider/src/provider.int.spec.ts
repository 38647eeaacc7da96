import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProvider, type RunningProvider } from './index.ts';

let directory: string;
let provider: RunningProvider;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'provider-'));
  provider = await startProvider({ directory, latencyMs: 1 });
});

afterEach(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

type Json = Readonly<Record<string, unknown>>;
interface Reply { readonly status: number; readonly body: Json; readonly isReplay: boolean }

async function post(path: string, body: unknown, key?: string, signal?: AbortSignal): Promise<Reply> {
  const response = await fetch(`${provider.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: key === undefined ? {} : { 'idempotency-key': key }, signal: signal ?? null });
  return { status: response.status, body: (await response.json()) as Json, isReplay: response.headers.get('idempotent-replayed') === 'true' };
}
const get = async (path: string): Promise<Json> => (await (await fetch(`${provider.url}${path}`)).json()) as Json;

const sale = (cardToken = 'tok_approved', reference = 'sale-1') => ({ reference, amountMinor: 1_250, currency: 'EUR', cardToken });
const authorize = (cardToken?: string, reference?: string, key = 'key-1') => post('/v1/authorizations', sale(cardToken, reference), key);
const movements = async () => ((await get('/v1/ledger'))['entries'] as readonly { readonly movement: string }[]).map(({ movement }) => movement);

it('authorises, captures and shows both in the ledger', async () => {
  const { body } = await authorize();
  expect(body).toMatchObject({ status: 'authorized', amountMinor: 1_250, currency: 'EUR', reference: 'sale-1' });
  expect(await post(`/v1/authorizations/${body['id']}/capture`, { amountMinor: 1_250 }, 'key-2')).toMatchObject({ status: 200, body: { status: 'captured' } });
  expect(await get(`/v1/authorizations/${body['id']}`)).toMatchObject({ status: 'captured', capturedMinor: 1_250 });
  expect((await get('/v1/ledger'))['totals']).toEqual([
    { movement: 'authorized', currency: 'EUR', count: 1, amountMinor: 1_250 },
    { movement: 'captured', currency: 'EUR', count: 1, amountMinor: 1_250 },
  ]);
});

it('gives a repeat the same answer and does nothing again', async () => {
  const first = await authorize();
  const repeat = await authorize();
  expect(repeat.body).toEqual(first.body);
  expect([first.isReplay, repeat.isReplay]).toEqual([false, true]);
  expect(await movements()).toEqual(['authorized']);
});

it('gives a hundred repeats at once one authorisation', async () => {
  const replies = await Promise.all(Array.from({ length: 100 }, () => authorize()));
  expect(new Set(replies.map(({ body }) => body['id'])).size).toBe(1);
  expect(await movements()).toEqual(['authorized']);
});

it('refuses a key that was used for another request', async () => {
  await authorize();
  expect(await post('/v1/authorizations', { ...sale(), amountMinor: 1 }, 'key-1')).toMatchObject({ status: 409, body: { error: { code: 'idempotency_key_reused' } } });
});

it('authorises twice when asked under two keys, as a real provider would', async () => {
  await authorize('tok_approved', 'sale-1', 'key-1');
  await authorize('tok_approved', 'sale-1', 'key-2');
  expect((await get('/v1/authorizations?reference=sale-1'))['authorizations']).toHaveLength(2);
});

it.each([['tok_declined', 'insufficient_funds'], ['tok_expired', 'expired_card'], ['tok_forged', 'invalid_card_token']])('declines %s', async (token, declineCode) => {
  expect(await authorize(token)).toMatchObject({ status: 200, body: { status: 'declined', declineCode } });
});

it('authorises tok_timeout without saying so, and says so to the repeat', async () => {
  await expect(post('/v1/authorizations', sale('tok_timeout'), 'key-1', AbortSignal.timeout(100))).rejects.toThrow('aborted due to timeout');
  expect((await get('/v1/authorizations?reference=sale-1'))['authorizations']).toHaveLength(1);
  expect(await authorize('tok_timeout')).toMatchObject({ isReplay: true, body: { status: 'authorized' } });
  expect(await movements()).toEqual(['authorized']);
});

it('hangs up on tok_drop once, having done nothing', async () => {
  await expect(authorize('tok_drop')).rejects.toThrow('fetch failed');
  expect(await movements()).toEqual([]);
  expect(await authorize('tok_drop')).toMatchObject({ isReplay: false, body: { status: 'authorized' } });
});

it('fails on tok_error_once once', async () => {
  expect((await authorize('tok_error_once')).status).toBe(500);
  expect(await authorize('tok_error_once')).toMatchObject({ status: 200, body: { status: 'authorized' } });
});

it('notes that it answered tok_twice twice, without moving money again', async () => {
  await authorize('tok_twice');
  expect(await movements()).toEqual(['authorized', 'answered_twice']);
  expect((await get('/v1/ledger'))['totals']).toContainEqual({ movement: 'answered_twice', currency: 'EUR', count: 1, amountMinor: 0 });
});

it('declines the capture of tok_capture_declined', async () => {
  const { body } = await authorize('tok_capture_declined');
  expect(await post(`/v1/authorizations/${body['id']}/capture`, { amountMinor: 1_250 })).toMatchObject({ status: 200, body: { status: 'declined', declineCode: 'capture_declined' } });
});

it('voids once, and does not void what was captured', async () => {
  const { body } = await authorize();
  await post(`/v1/authorizations/${body['id']}/void`, {});
  expect(await post(`/v1/authorizations/${body['id']}/void`, {})).toMatchObject({ status: 200, body: { status: 'voided' } });
  expect(await movements()).toEqual(['authorized', 'voided']);
  expect((await post(`/v1/authorizations/${body['id']}/capture`, { amountMinor: 1 })).status).toBe(409);
  const other = await authorize('tok_visa', 'sale-2', 'key-2');
  await post(`/v1/authorizations/${other.body['id']}/capture`, { amountMinor: 1_250 });
  expect(await post(`/v1/authorizations/${other.body['id']}/void`, {})).toMatchObject({ status: 409, body: { error: { code: 'already_captured' } } });
});

it('fences a reference, so that an authorisation that comes late is refused', async () => {
  await authorize();
  expect(await post('/v1/authorizations/void-by-reference', { reference: 'sale-1' })).toMatchObject({ status: 200, body: { fenced: true, authorizations: [{ status: 'voided' }] } });
  expect(await authorize('tok_approved', 'sale-1', 'key-2')).toMatchObject({ body: { status: 'declined', declineCode: 'reference_fenced' } });
});

it('refunds no more than was captured', async () => {
  const { body } = await authorize();
  const path = `/v1/authorizations/${body['id']}`;
  await post(`${path}/capture`, { amountMinor: 1_250 });
  const refund = (reference: string, amountMinor: number, key = reference) => post(`${path}/refund`, { reference, amountMinor }, key);
  expect(await refund('refund-1', 1_000)).toMatchObject({ body: { status: 'refunded', amountMinor: 1_000, reference: 'refund-1', authorizationReference: 'sale-1' } });
  expect(await refund('refund-1', 1_000)).toMatchObject({ isReplay: true });
  expect((await refund('refund-2', 1_000)).status).toBe(422);
  expect((await refund('refund-1', 250)).body).toMatchObject({ error: { code: 'idempotency_key_reused' } });
  expect(await refund('refund-3', 250)).toMatchObject({ status: 200 });
  expect(await get(path)).toMatchObject({ refundedMinor: 1_250 });
});

it('tells by its reference what became of a refund, also after a restart', async () => {
  const { body } = await authorize('tok_refund_declined');
  const path = `/v1/authorizations/${body['id']}`;
  await post(`${path}/capture`, { amountMinor: 1_250 });
  await post(`${path}/refund`, { reference: 'refund-1', amountMinor: 100 }, 'k');
  await provider.close();
  provider = await startProvider({ directory, latencyMs: 1 });
  expect(await get('/v1/refunds?reference=refund-1')).toMatchObject({ refunds: [{ status: 'declined', declineCode: 'account_closed', amountMinor: 100 }] });
  expect(await get('/v1/refunds?reference=refund-2')).toEqual({ reference: 'refund-2', refunds: [] });
  expect(await get(path)).toMatchObject({ refundedMinor: 0 });
});

it.each([
  ['no key', '/v1/authorizations', sale(), undefined, 'idempotency_key_missing'],
  ['no amount', '/v1/authorizations', { ...sale(), amountMinor: 0 }, 'k', 'invalid_request'],
  ['a fraction', '/v1/authorizations', { ...sale(), amountMinor: 1.5 }, 'k', 'invalid_request'],
  ['a list', '/v1/authorizations', [], 'k', 'invalid_request'],
] as const)('refuses a request with %s', async (_, path, body, key, code) => {
  expect(await post(path, body, key)).toMatchObject({ status: 400, body: { error: { code } } });
});

it('drops the half line that a crash left, and keeps the rest', async () => {
  await authorize();
  await provider.close();
  appendFileSync(join(directory, 'provider.journal'), '{"authorization":{"id":"auth_half');
  provider = await startProvider({ directory, latencyMs: 1 });
  expect((await authorize()).isReplay).toBe(true);
  await authorize('tok_approved', 'sale-2', 'key-2');
  await provider.close();
  provider = await startProvider({ directory, latencyMs: 1 });
  expect(await movements()).toEqual(['authorized', 'authorized']);
});

it('remembers every answer it gave before a kill -9', async () => {
  await provider.close();
  const root = join(__dirname, '../../../..');
  const child = spawn(process.execPath, ['--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', join(root, 'tools/swc-hook.mjs'), join(__dirname, 'main.ts')], {
    env: { ...process.env, PORT: '0', STATE_DIR: directory, LATENCY_MS: '0' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(child);
  const answered: string[] = [];
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let n = 0; ; n++) {
      const key = `key-${client}-${n}`;
      const response = await fetch(`http://127.0.0.1:${port}/v1/authorizations`, { method: 'POST', headers: { 'idempotency-key': key }, body: JSON.stringify(sale('tok_approved', key)) });
      await response.json();
      answered.push(key);
      if (answered.length === 300) child.kill('SIGKILL');
    }
  });
  await Promise.allSettled(clients);
  await ended;
  provider = await startProvider({ directory, latencyMs: 0 });
  for (const key of answered) expect(await authorize('tok_approved', key, key)).toMatchObject({ isReplay: true });
  expect(answered.length).toBeGreaterThanOrEqual(300);
});

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    child.stdout?.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as { readonly port: number }).port));
  });
