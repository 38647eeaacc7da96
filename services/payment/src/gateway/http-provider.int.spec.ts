import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProvider, type LedgerEntry, type RunningProvider } from '@checkout/local-provider';
import { nameBasedUuid } from '@checkout/kernel';
import type { Question } from '../domain/question.ts';
import type { RefundQuestion } from '../domain/refund-question.ts';
import type { Operation } from '../domain/tender.ts';
import { HttpProvider } from './http-provider.ts';

let directory: string;
let simulated: RunningProvider;
let provider: HttpProvider;
let sales = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkout-provider-'));
  simulated = await startProvider({ directory, latencyMs: 5 });
});
beforeEach(() => {
  provider = new HttpProvider(simulated.url, undefined, 1_000);
});
afterEach(() => provider[Symbol.asyncDispose]());
afterAll(async () => {
  await simulated.close();
  await rm(directory, { recursive: true, force: true });
});

const newReference = () => `${nameBasedUuid(`sale ${(sales += 1)}`)}:1`;
const question = (operation: Operation, reference: string, more: Partial<Question> = {}): Question => ({
  operation, merchantAccount: 'acme', reference, idempotencyKey: `${reference}:${operation}`, amountMinor: 598, currency: 'GBP',
  cardToken: operation === 'authorize' ? 'tok_visa_1' : null, providerId: null, looksFirst: false, mayRepeat: true, ...more,
});
const ask = (operation: Operation, reference: string, more: Partial<Question> = {}) => provider.ask(question(operation, reference, more), undefined);

/** What the provider itself has booked for a tender. */
async function booked(reference: string): Promise<string[]> {
  const response = await fetch(`${simulated.url}/v1/ledger`);
  const { entries } = (await response.json()) as { entries: LedgerEntry[] };
  return entries.filter((entry) => entry.reference === reference).map(({ movement }) => movement);
}

async function authorized(reference: string, cardToken = 'tok_visa_1'): Promise<string> {
  const outcome = await ask('authorize', reference, { cardToken });
  if (outcome.kind !== 'done' || outcome.providerId === null) throw new Error(`not authorized: ${outcome.kind}`);
  return outcome.providerId;
}

describe('the provider over HTTP', () => {
  it('authorizes, captures and says the same again under the same keys', async () => {
    const reference = newReference();
    const providerId = await authorized(reference);
    await expect(authorized(reference)).resolves.toBe(providerId);
    await expect(ask('capture', reference, { providerId })).resolves.toEqual({ kind: 'done', providerId });
    await expect(ask('capture', reference, { providerId })).resolves.toEqual({ kind: 'done', providerId });
    expect(await booked(reference)).toEqual(['authorized', 'captured']);
  });

  it('declines with the provider\'s reason', async () => {
    await expect(ask('authorize', newReference(), { cardToken: 'tok_declined' })).resolves.toEqual({ kind: 'declined', declineCode: 'insufficient_funds' });
    await expect(ask('authorize', newReference(), { cardToken: 'tok_of_another' })).resolves.toEqual({ kind: 'declined', declineCode: 'invalid_card_token' });
  });

  it('refuses to capture what was declined on capture', async () => {
    const reference = newReference();
    const providerId = await authorized(reference, 'tok_capture_declined');
    await expect(ask('capture', reference, { providerId })).resolves.toEqual({ kind: 'declined', declineCode: 'capture_declined' });
    await expect(ask('void', reference, { providerId })).resolves.toEqual({ kind: 'done', providerId });
  });

  it('P01 finds by asking again what was done without an answer, and never does it twice', async () => {
    const reference = newReference();
    await expect(ask('authorize', reference, { cardToken: 'tok_timeout' })).resolves.toMatchObject({ kind: 'unknown' });
    await expect(ask('authorize', reference, { cardToken: 'tok_timeout' })).resolves.toMatchObject({ kind: 'done' });
    expect(await booked(reference)).toEqual(['authorized']);
  });

  it('finds by reference what was done without an answer', async () => {
    const reference = newReference();
    await ask('authorize', reference, { cardToken: 'tok_timeout' });
    await expect(ask('authorize', reference, { cardToken: 'tok_timeout', looksFirst: true, mayRepeat: false })).resolves.toMatchObject({ kind: 'done' });
  });

  it('P02 does at the second asking what was dropped before it was done', async () => {
    const reference = newReference();
    await expect(ask('authorize', reference, { cardToken: 'tok_drop' })).resolves.toMatchObject({ kind: 'unknown', why: expect.stringMatching(/^UND_ERR_|^ECONN/) });
    expect(await booked(reference)).toEqual([]);
    await expect(ask('authorize', reference, { cardToken: 'tok_drop', looksFirst: true })).resolves.toMatchObject({ kind: 'done' });
  });

  it('is in doubt after a 500, and done at the second asking', async () => {
    const reference = newReference();
    await expect(ask('authorize', reference, { cardToken: 'tok_error_once' })).resolves.toEqual({ kind: 'unknown', why: 'status-500' });
    await expect(ask('authorize', reference, { cardToken: 'tok_error_once' })).resolves.toMatchObject({ kind: 'done' });
    expect(await booked(reference)).toEqual(['authorized']);
  });

  it('P06 takes one answer of a card whose network answers twice', async () => {
    await expect(ask('authorize', newReference(), { cardToken: 'tok_twice' })).resolves.toMatchObject({ kind: 'done' });
  });

  it('P13 says nothing under a key that the provider may have forgotten', async () => {
    const reference = newReference();
    await expect(ask('authorize', reference, { looksFirst: true, mayRepeat: false })).resolves.toEqual({ kind: 'unknown', why: 'key-expired' });
    expect(await booked(reference)).toEqual([]);
  });

  it('P05 voids what it knows, and bars what it does not', async () => {
    const known = newReference();
    const providerId = await authorized(known);
    await expect(ask('void', known, { providerId })).resolves.toEqual({ kind: 'done', providerId });

    const unheard = newReference();
    await ask('authorize', unheard, { cardToken: 'tok_timeout' });
    await expect(ask('void', unheard)).resolves.toMatchObject({ kind: 'done', providerId: expect.stringMatching(/^auth_/) });

    const late = newReference();
    await expect(ask('void', late)).resolves.toEqual({ kind: 'done', providerId: null });
    await expect(ask('authorize', late)).resolves.toEqual({ kind: 'declined', declineCode: 'reference_fenced' });
    expect(await Promise.all([known, unheard].map(booked))).toEqual([['authorized', 'voided'], ['authorized', 'voided']]);
  });

  it('calls it a contradiction when captured money is to be voided', async () => {
    const reference = newReference();
    const providerId = await authorized(reference);
    await ask('capture', reference, { providerId });
    await expect(ask('void', reference, { providerId })).resolves.toMatchObject({ kind: 'contradicted' });
  });
});

describe('a provider that is out', () => {
  const servers: Server[] = [];
  const start = async (listener: RequestListener) => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return new HttpProvider(typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '', undefined, 1_000);
  };
  afterAll(() => servers.forEach((server) => (server.closeAllConnections(), server.close())));

  it('P19 is no longer asked after ten failures, and says when to come back', async () => {
    let asked = 0;
    await using out = await start((_, response) => {
      asked += 1;
      response.writeHead(503, { 'retry-after': '3' }).end();
    });
    const reference = newReference();
    for (let failures = 0; failures < 10; failures += 1) {
      await expect(out.ask(question('authorize', reference), undefined)).resolves.toEqual({ kind: 'unknown', why: 'status-503', retryAfterMs: 3_000 });
    }
    await expect(out.ask(question('authorize', reference), undefined)).resolves.toMatchObject({ kind: 'not-asked', why: 'unavailable' });
    expect(asked).toBe(10);
  });

  it('P19 that nobody listens at was not asked, and that is no error', async () => {
    await using nowhere = new HttpProvider('http://127.0.0.1:9');
    await expect(nowhere.ask(question('authorize', newReference()), undefined)).resolves.toEqual({ kind: 'not-asked', why: 'ECONNREFUSED' });
  });

  it('that answers with half a body, or with far too much, is in doubt', async () => {
    await using half = await start((_, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('{"id":"auth_1"');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(half.ask(question('authorize', newReference()), undefined)).resolves.toMatchObject({ kind: 'unknown' });
    await using endless = await start((_, response) => void response.end('x'.repeat(200_000)));
    await expect(endless.ask(question('authorize', newReference()), undefined)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['at the first request', false, { kind: 'declined', declineCode: 'status-422' }],
    ['after requests that nobody answered', true, { kind: 'unknown', why: 'refused-when-repeated' }],
  ] as const)('that refuses a refund %s is believed only when no earlier request may have got there', async (_, looksFirst, outcome) => {
    await using refusing = await start((request, response) => {
      if (request.method === 'GET') return void response.writeHead(404).end();
      response.writeHead(422).end();
    });
    const refundReference = newReference();
    const refund: RefundQuestion = { operation: 'refund', merchantAccount: 'acme', reference: newReference(), providerId: 'auth_1', refundReference, idempotencyKey: `${refundReference}:refund`, amountMinor: 299, currency: 'GBP', looksFirst, mayRepeat: true };
    await expect(refusing.ask(refund, undefined)).resolves.toEqual(outcome);
  });

  it('sends the trace along', async () => {
    let seen: string | undefined;
    await using watched = await start((request, response) => {
      seen = request.headers.traceparent as string | undefined;
      response.writeHead(500).end();
    });
    await watched.ask(question('authorize', newReference()), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    expect(seen).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
  });
});

describe('the provider’s ledger', () => {
  it('says whose each movement is, and whether money is held now', async () => {
    const reference = newReference();
    const held = await ask('authorize', reference);
    const providerId = held.kind === 'done' ? (held.providerId ?? '') : '';
    await ask('authorize', 'not one of ours');
    const [saleId = '', position = ''] = reference.split(':');
    const page = await provider.ledger.page(0, 1_000);
    expect(page.find(({ entry }) => entry?.providerId === providerId)?.entry).toMatchObject({
      movement: 'authorized', amountMinor: 598, currency: 'GBP', tender: { tenantId: 'acme', saleId, position: Number(position) },
    });
    expect(page.at(-1)?.entry).toMatchObject({ tender: undefined });
    expect(await provider.ledger.isHeld(providerId)).toBe(true);
    await ask('void', reference, { providerId });
    expect(await provider.ledger.isHeld(providerId)).toBe(false);
    expect(await provider.ledger.page(page.at(-1)?.sequence ?? 0, 1_000)).toMatchObject([{ entry: { movement: 'voided', providerId } }]);
  });
});
