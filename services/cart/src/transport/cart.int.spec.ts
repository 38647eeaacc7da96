import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { TokenVerifier } from '@checkout/auth';
import { checkout, emulatorConfig, http, partitions, type Message } from '@checkout/contracts';
import { createHttpApp, type HttpApp } from '@checkout/http';
import { partitionOf, saleIdOf, uuidv7, type CommandId, type SaleId } from '@checkout/kernel';
import { startIdentity, type RunningIdentity } from '@checkout/local-identity';
import { startServiceBus, type EmulatorConfig, type ServiceBus } from '@checkout/local-service-bus';
import { Bus, ExpressSender, Pipeline, ServiceBusServer, Sweeper } from '@checkout/messaging';
import { createLogger, Health } from '@checkout/observability';
import type { Assembled, Platform } from '@checkout/service';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { assembleCart } from '../cart.module.ts';
import type { CartEnvironment } from '../config.ts';
import { acme, aStore, anOffer, leeds, newCommandId, pen, shortOfTea, soap, tea, till } from '../testing.ts';

/** The whole service on real stand-ins for SQL, bus and identity; the orchestrator is played by the spec. */
class Shop {
  identity!: RunningIdentity;
  bus!: ServiceBus;
  sql!: TestDatabase;
  app!: HttpApp;
  base!: string;
  client!: ServiceBusClient;
  orchestrator!: Server;
  /** What the orchestrator tells followers; nothing when it is away. */
  story: ((response: ServerResponse) => void) | undefined;
  #close: (() => Promise<void>)[] = [];

  async open(): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'checkout-cart-'));
    this.#close.push(() => rm(directory, { recursive: true, force: true }));
    const folders = [join(import.meta.dirname, '../../../../libs/messaging/migrations'), join(import.meta.dirname, '../store/migrations')];
    [this.identity, this.bus, this.sql] = await Promise.all([
      startIdentity({ directory: join(directory, 'identity') }),
      startServiceBus({ directory: join(directory, 'bus'), topology: JSON.parse(JSON.stringify(emulatorConfig())) as EmulatorConfig }),
      startTestDatabase(folders, 'cart'),
    ]);
    this.#close.push(() => this.identity.close(), () => this.bus.close(), async () => this.sql[Symbol.asyncDispose]());
    this.orchestrator = createServer((request, response) => {
      if (!request.url?.endsWith('/events')) return void response.writeHead(404).end();
      return this.story ? this.story(response) : void response.destroy();
    });
    await new Promise<void>((resolve) => void this.orchestrator.listen(0, '127.0.0.1', resolve));
    this.#close.push(() => new Promise((resolve) => {
      this.orchestrator.closeAllConnections();
      this.orchestrator.close(() => resolve());
    }));
    this.client = new ServiceBusClient(this.bus.connectionString);
    this.#close.push(() => this.client.close());
    await this.#serve();
  }

  async close(): Promise<void> {
    for (const close of this.#close.reverse()) await close();
  }

  /** As the common host does it, inside this process. */
  async #serve(): Promise<void> {
    const address = this.orchestrator.address();
    const orchestratorUrl = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
    const logger = createLogger({ service: 'cart', level: 'silent' });
    const connectionString = this.sql.connectionString;
    const [database, reads] = [Database.open({ connectionString, name: 'cart' }), Database.open({ connectionString, name: 'cart', lane: 'read' })];
    const bus = new Bus(this.bus.connectionString);
    const express = new ExpressSender({ connectionString: this.bus.connectionString, topic: 'checkout-requests' });
    const built: Pipeline<never, never, never>[] = [];
    const pipeline: Platform<CartEnvironment>['pipeline'] = (parts) => {
      const made = new Pipeline({ service: 'cart', database, bus, logger, ...parts });
      built.push(made as unknown as Pipeline<never, never, never>);
      return made;
    };
    const { module, openapi, background = [] }: Assembled = assembleCart({ environment: { ORCHESTRATOR_URL: orchestratorUrl, BUS_ROUTE_PERCENT: 0 } as CartEnvironment, express: () => express, logger, database, reads, pipeline });
    const [made] = built;
    if (!made) throw new Error('cart has no pipeline');
    const { issuer, audience, jwksUrl } = this.identity;
    this.app = await createHttpApp(module, { logger, health: new Health('cart'), verifier: new TokenVerifier({ issuer, audience, jwksUrl }), openapi, rateLimit: { perSecond: 100_000, burst: 100_000 } });
    const sweeper = new Sweeper({ database, bus, pipeline: made, logger });
    this.app.nest.connectMicroservice({ strategy: new ServiceBusServer({ bus, pipeline: made, sweeper, subscription: 'cart', logger, untilAvailable: () => database.whenClosed() }) });
    await this.app.nest.startAllMicroservices();
    for (const each of background) each.start();
    this.base = `http://127.0.0.1:${await this.app.listen(0, '127.0.0.1')}`;
    this.#close.push(async () => {
      for (const each of background) await each.stop();
      await this.app.close();
      await Promise.all([bus.close(), express.close()]);
      await Promise.all([database.close(), reads.close()]);
    });
  }

  /** What cart asked the orchestrator for, of one sale. */
  async requested(commandId: CommandId): Promise<ServiceBusReceivedMessage> {
    const receiver = await this.client.acceptSession('checkout-requests', 'orchestrator', partitionOf(acme, leeds), { receiveMode: 'receiveAndDelete' });
    try {
      for (let tries = 0; tries < 50; tries += 1) {
        const found = (await receiver.receiveMessages(50, { maxWaitTimeInMs: 500 })).find(({ body }) => (body as { commandId: string }).commandId === commandId);
        if (found) return found;
      }
      throw new Error(`no request for ${commandId} came`);
    } finally {
      await receiver.close();
    }
  }

  /** Tells cart how a sale ended, as the orchestrator would. */
  async tell(message: Message): Promise<void> {
    const sender = this.client.createSender('cart-commands');
    await sender.sendMessages({
      messageId: uuidv7(), subject: message.type, sessionId: partitionOf(acme, leeds), body: message.body,
      applicationProperties: { 'cloudEvents:specversion': '1.0', 'cloudEvents:type': message.type, 'cloudEvents:source': '/services/orchestrator', tenant: acme },
    });
    await sender.close();
  }
}

const shop = new Shop();
const tokens: Record<'till' | 'otherTill' | 'office' | 'foreign', string> = { till: '', otherTill: '', office: '', foreign: '' };

beforeAll(async () => {
  await shop.open();
  const { identity } = shop;
  tokens.till = await identity.token({ subject: 'till-1', tenant: acme, store: leeds, till: 'LEEDS-01-T1', roles: ['till'] });
  tokens.otherTill = await identity.token({ subject: 'till-2', tenant: acme, store: leeds, till: 'LEEDS-01-T2', roles: ['till'] });
  tokens.office = await identity.token({ subject: 'office', tenant: acme, roles: ['back-office'] });
  tokens.foreign = await identity.token({ subject: 'till-9', tenant: 'other', store: leeds, till: 'T9', roles: ['till'] });
  expect((await call('PUT', '/v1/stores', { stores: [aStore()] }, { token: 'office' })).status).toBe(204);
  expect((await call('PUT', '/v1/products', { products: [tea, soap, pen] }, { token: 'office' })).status).toBe(204);
}, 60_000);
afterAll(() => shop.close(), 60_000);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function call(method: string, path: string, body?: unknown, { token = 'till', headers = {} }: { token?: keyof typeof tokens; headers?: Record<string, string> } = {}): Promise<Answer> {
  const response = await fetch(`${shop.base}${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens[token]}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : { text } };
}

const sell = (commandId: string, offer: object = anOffer(), { wait, token = 'till' as keyof typeof tokens }: { wait?: number; token?: keyof typeof tokens } = {}) =>
  call('POST', '/v1/checkouts', offer, { token, headers: { 'idempotency-key': commandId, ...(wait !== undefined && { prefer: `wait=${wait}` }) } });
const statusOf = (commandId: string, token: keyof typeof tokens = 'till') => call('GET', `/v1/checkouts/${commandId}`, undefined, { token });

const of = (commandId: CommandId) => ({ tenantId: acme, storeId: leeds, saleId: saleIdOf(acme, commandId), commandId, tillId: till, currency: 'GBP', totalMinor: 598 });
const completed = (commandId: CommandId) => shop.tell(checkout.CheckoutCompleted({ ...of(commandId), receiptNumber: 'S-000042', changeMinor: 0 }));
const cancelled = (commandId: CommandId) => shop.tell(checkout.CheckoutCancelled({ ...of(commandId), reason: shortOfTea }));

describe('a till at the front door', () => {
  it('is told that its sale is accepted, and the orchestrator is asked for it', async () => {
    const commandId = newCommandId();
    const { status, headers, body } = await sell(commandId);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/checkouts/${commandId}`);
    expect(http.CheckoutStatus.parse(body)).toMatchObject({ checkoutId: commandId, saleId: saleIdOf(acme, commandId), state: 'accepted', moneyMoved: 'unknown', action: 'Wait. Do not charge again.' });
    expect((await shop.requested(commandId)).body).toMatchObject({ commandId, totalMinor: 598, tillId: 'LEEDS-01-T1', lines: [{ sku: 'TEA-80', unitPriceMinor: 299 }] });
  });

  it('that waits is told the end of its sale as soon as it is known', async () => {
    const commandId = newCommandId();
    const waiting = sell(commandId, anOffer(), { wait: 20 });
    await shop.requested(commandId);
    await completed(commandId);
    const { status, headers, body } = await waiting;
    expect({ status, applied: headers.get('preference-applied') }).toEqual({ status: 200, applied: 'wait=20' });
    expect(body).toMatchObject({ state: 'completed', moneyMoved: 'yes', receiptNumber: 'S-000042', action: 'Give the receipt.' });
  });

  it('that does not wait long enough is told to ask again', async () => {
    const { status, body } = await sell(newCommandId(), anOffer(), { wait: 1 });
    expect({ status, state: body['state'] }).toEqual({ status: 202, state: 'accepted' });
  });

  it('that sends again is told what is stored, and sends nothing twice', async () => {
    const commandId = newCommandId();
    const first = await sell(commandId);
    const again = await sell(commandId);
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    await cancelled(commandId);
    await untilEnded(commandId);
    expect(await sell(commandId)).toMatchObject({ status: 200, body: { state: 'rejected', moneyMoved: 'no', reason: shortOfTea } });
  });

  it('T01 that sends many times at once makes one sale', async () => {
    const commandId = newCommandId();
    const answers = await Promise.all(Array.from({ length: 40 }, () => sell(commandId)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['saleId'])}`))).toEqual(new Set([`202 ${saleIdOf(acme, commandId)}`]));
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
  });

  it('T02, T03 that uses a command id for something else is refused, whether the request or the till is another', async () => {
    const commandId = newCommandId();
    await sell(commandId);
    for (const other of [await sell(commandId, anOffer({ lines: [{ sku: soap.sku, quantity: 1 }], totalMinor: 450 })), await sell(commandId, anOffer(), { token: 'otherTill' })]) {
      expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused', moneyMoved: 'unknown', checkout: `/v1/checkouts/${commandId}` } });
    }
  });

  it.each([
    ['an unknown article', { lines: [{ sku: 'NO-1', quantity: 1 }] }, 422, 'sku-unknown', '/lines/0/sku'],
    ['another total', { totalMinor: 597 }, 422, 'total-mismatch', '/totalMinor'],
    ['another currency', { currency: 'EUR' }, 422, 'currency-mismatch', '/currency'],
    ['too little cash', { tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 500 }] }, 422, 'tender-mismatch', '/tenders/0/tenderedMinor'],
    ['no pieces', { lines: [{ sku: 'TEA-80', quantity: 0 }] }, 422, 'quantity-invalid', '/lines/0/quantity'],
    ['a fraction of a cent', { totalMinor: 1.5 }, 422, 'money-invalid', '/totalMinor'],
    ['another tenant in the body', { tenantId: 'other' }, 422, 'unknown-field', '/tenantId'],
  ])('that offers %s is refused, and nothing is stored', async (_, overrides, status, code, pointer) => {
    const commandId = newCommandId();
    const answer = await sell(commandId, { ...anOffer(), ...overrides });
    expect(answer).toMatchObject({ status, body: { code, outcome: 'not_accepted', moneyMoved: 'no', errors: [{ pointer }] } });
    expect((await statusOf(commandId)).status).toBe(404);
  });

  it('that sends a card number is refused, and the number is not repeated', async () => {
    const { status, body } = await sell(newCommandId(), anOffer({ tenders: [{ type: 'card', amountMinor: 598, cardToken: 'tok_4111111111111111' }] }));
    expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'pan-detected' });
    expect(JSON.stringify(body)).not.toContain('41111111'); // Fewer digits may stand in a trace id.
  });

  it.each([[undefined, 'idempotency-key-missing'], ['seven', 'idempotency-key-invalid'], ['6F1C2A5E-8D3B-4C7F-9A0E-5B6D7C8F9A01', 'idempotency-key-invalid']])('with the key %p is refused', async (key, code) => {
    expect(await call('POST', '/v1/checkouts', anOffer(), { headers: key === undefined ? {} : { 'idempotency-key': key } })).toMatchObject({ status: 400, body: { code } });
  });

  it('hears of a wrong key before anything of the body', async () => {
    expect(await call('POST', '/v1/checkouts', {}, { headers: { 'idempotency-key': 'seven' } })).toMatchObject({ status: 400, body: { code: 'idempotency-key-invalid' } });
  });

  it('of a store that is not set up is refused', async () => {
    expect((await sell(newCommandId(), anOffer(), { token: 'foreign' })).status).toBe(422);
  });

  it('T15 may not be a back office', async () => {
    expect(await sell(newCommandId(), anOffer(), { token: 'office' })).toMatchObject({ status: 403, body: { code: 'scope-missing' } });
  });
});

describe('the status of a sale', () => {
  it('is for its own tenant only', async () => {
    const commandId = newCommandId();
    await sell(commandId);
    expect([await statusOf(commandId, 'office'), await statusOf(commandId, 'foreign'), await statusOf('nonsense')].map(({ status }) => status)).toEqual([200, 404, 404]);
  });

  it('is there for a sale that came straight over the bus', async () => {
    const commandId = newCommandId();
    await completed(commandId);
    expect(await untilEnded(commandId)).toMatchObject({ state: 'completed', moneyMoved: 'yes', currency: 'GBP' });
  });

  it('stays as it ended, whatever is told later', async () => {
    const commandId = newCommandId();
    await sell(commandId);
    await completed(commandId);
    await untilEnded(commandId);
    await cancelled(commandId);
    await completed(commandId);
    const other = newCommandId();
    await sell(other);
    await completed(other);
    await untilEnded(other);
    expect((await statusOf(commandId)).body).toMatchObject({ state: 'completed', receiptNumber: 'S-000042' });
  });
});

describe('following a sale', () => {
  const follow = async (commandId: string) => String((await call('GET', `/v1/checkouts/${commandId}/events`))['body']['text']);
  const lastIn = (text: string): unknown => JSON.parse(/event: status\ndata: (.*)\n\n$/.exec(text)?.[1] ?? 'null');

  it('relays the orchestrator and ends with the final status', async () => {
    shop.story = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('id: 1\nevent: step\ndata: {"step":"reserve stock"}\n\n');
    };
    const commandId = newCommandId();
    await sell(commandId);
    const following = follow(commandId);
    await completed(commandId);
    const text = await following;
    expect(text.startsWith('id: 1\nevent: step\n')).toBe(true);
    expect(lastIn(text)).toMatchObject({ state: 'completed', receiptNumber: 'S-000042' });
  });

  it('waits for an orchestrator that waits for the sale to reach it', async () => {
    shop.story = (response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('id: 1\nevent: step\ndata: {"step":"reserve stock"}\n\n');
      }, 4_500);
    };
    const commandId = newCommandId();
    await sell(commandId);
    await completed(commandId);
    expect((await follow(commandId)).startsWith('id: 1\nevent: step\n')).toBe(true);
  }, 15_000);

  it.each([
    ['cannot be reached', undefined],
    ['says no', (response: ServerResponse) => void response.writeHead(503).end()],
    ['breaks off in the middle of an event', (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"half', () => response.destroy());
    }],
  ])('ends with the final status also when the orchestrator %s', async (_, story) => {
    shop.story = story;
    const commandId = newCommandId();
    await sell(commandId);
    const following = follow(commandId);
    await cancelled(commandId);
    const text = await following;
    expect(text).not.toContain('half');
    expect(lastIn(text)).toMatchObject({ state: 'rejected' });
  });
});

describe('a basket', () => {
  const scan = (id: string, body: object) => call('POST', `/v1/carts/${id}/lines`, body);

  it('is opened, filled, changed, sold, and then cannot change', async () => {
    const opened = await call('POST', '/v1/carts');
    const id = String(opened.body['basketId']) as SaleId;
    expect({ status: opened.status, location: opened.headers.get('location') }).toEqual({ status: 201, location: `/v1/carts/${id}` });
    await scan(id, { barcode: tea.barcode, quantity: 2 });
    await scan(id, { sku: soap.sku });
    await scan(id, { sku: tea.sku });
    await call('PATCH', `/v1/carts/${id}/lines/${tea.sku}`, { quantity: 1 });
    expect((await call('DELETE', `/v1/carts/${id}/lines/${soap.sku}`)).status).toBe(200);
    const { body: basket } = await call('GET', `/v1/carts/${id}`);
    expect(http.BasketView.parse(basket)).toMatchObject({ state: 'open', grossMinor: 299, lines: [{ sku: 'TEA-80', quantity: 1 }] });

    const commandId = newCommandId();
    expect((await sell(commandId, anOffer({ basketId: id, totalMinor: 299 }))).status).toBe(202);
    expect((await scan(id, { sku: pen.sku })).status).toBe(409);
    expect((await call('GET', `/v1/carts/${id}`)).body).toMatchObject({ state: 'checked-out' });
    await cancelled(commandId);
    await untilEnded(commandId);
    expect((await scan(id, { sku: pen.sku })).body).toMatchObject({ state: 'open', grossMinor: 419 });
  });

  it('keeps every scan, however many come at once', async () => {
    const id = String((await call('POST', '/v1/carts')).body['basketId']);
    await Promise.all(Array.from({ length: 30 }, () => scan(id, { sku: pen.sku })));
    expect((await call('GET', `/v1/carts/${id}`)).body).toMatchObject({ lines: [{ sku: 'PEN-1', quantity: 30 }] });
  });

  it.each([
    ['an unknown article', { sku: 'NO-1' }, 422, 'sku-unknown'],
    ['an unknown barcode', { barcode: '00000000' }, 422, 'sku-unknown'],
    ['both SKU and barcode', { sku: 'TEA-80', barcode: '5012345678900' }, 422, 'schema-violation'],
    ['too many pieces', { sku: 'TEA-80', quantity: 1_000 }, 422, 'schema-violation'],
  ])('refuses %s', async (_, body, status, code) => {
    const id = String((await call('POST', '/v1/carts')).body['basketId']);
    expect(await scan(id, body)).toMatchObject({ status, body: { code } });
  });

  it('is not found by another tenant, nor where there is none', async () => {
    const id = String((await call('POST', '/v1/carts')).body['basketId']);
    expect((await call('GET', `/v1/carts/${id}`, undefined, { token: 'foreign' })).status).toBe(404);
    expect((await call('POST', `/v1/carts/${id}/lines`, { sku: tea.sku }, { token: 'foreign' })).status).toBe(404);
    expect((await call('GET', '/v1/carts/nonsense')).status).toBe(404);
  });
});

describe('the back office', () => {
  it('looks products up by SKU and by barcode', async () => {
    expect((await call('GET', `/v1/products/${tea.sku}`)).body).toEqual(tea);
    expect((await call('GET', `/v1/products?barcode=${tea.barcode}`)).body).toEqual({ products: [tea] });
    expect((await call('GET', '/v1/products?barcode=00000000')).body).toEqual({ products: [] });
    expect((await call('GET', '/v1/products/NO-1')).status).toBe(404);
  });

  it('changes a price, and the next sale has it', async () => {
    const mug = { sku: 'MUG-1', description: 'Mug', unitPriceMinor: 700, taxRateBp: 2000 };
    const price = (unitPriceMinor: number) => call('PUT', '/v1/products', { products: [{ ...mug, unitPriceMinor }] }, { token: 'office' });
    const mugs = (totalMinor: number) => sell(newCommandId(), { ...anOffer({ totalMinor }), lines: [{ sku: mug.sku, quantity: 1 }] });
    await price(700);
    expect((await mugs(700)).status).toBe(202);
    await price(750);
    expect((await mugs(700)).body).toMatchObject({ code: 'total-mismatch' });
    expect((await mugs(750)).status).toBe(202);
  });

  it('cannot give a barcode to a second product', async () => {
    expect((await call('PUT', '/v1/products', { products: [{ ...pen, barcode: tea.barcode }] }, { token: 'office' })).status).toBe(422);
  });

  it('loads a thousand products in one page', async () => {
    const products = Array.from({ length: 1_000 }, (_, index) => ({ sku: `BULK-${index}`, barcode: String(20_000_000 + index), description: `Bulk ${index}`, unitPriceMinor: index, taxRateBp: 0 }));
    expect((await call('PUT', '/v1/products', { products }, { token: 'office' })).status).toBe(204);
    expect((await call('GET', '/v1/products/BULK-999')).body).toMatchObject({ unitPriceMinor: 999 });
  });

  it('is read by a till page by page, with the store that it sells for', async () => {
    const first = http.CataloguePage.parse((await call('GET', '/v1/catalogue')).body);
    expect(first.store).toMatchObject({ storeId: leeds, currency: 'GBP' });
    expect(first.products).toHaveLength(1_000);
    const rest = http.CataloguePage.parse((await call('GET', `/v1/catalogue?after=${first.next}`)).body);
    expect(rest).not.toHaveProperty('next');
    expect([...first.products, ...rest.products].map(({ sku }) => sku)).toEqual(expect.arrayContaining([tea.sku, soap.sku, pen.sku]));
    expect(new Set([...first.products, ...rest.products].map(({ sku }) => sku)).size).toBe(1_000 + rest.products.length);
    expect((await call('GET', '/v1/catalogue', undefined, { token: 'office' })).status).toBe(403);
  });

  it('is not a till', async () => {
    expect((await call('PUT', '/v1/products', { products: [tea] })).status).toBe(403);
  });
});

it('partitions of the bus are the ones that the spec listens to', () => {
  expect(partitions).toContain(partitionOf(acme, leeds));
});

async function untilEnded(commandId: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { status, body } = await statusOf(commandId);
    if (status === 200 && body['state'] !== 'accepted') return body;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${commandId} did not end`);
}
