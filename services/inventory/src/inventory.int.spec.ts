import { join } from 'node:path';
import type { Principal, TokenVerifier } from '@checkout/auth';
import type { Message } from '@checkout/contracts';
import { createHttpApp, type HttpApp } from '@checkout/http';
import { uuidv7 } from '@checkout/kernel';
import { Pipeline, type Outbound } from '@checkout/messaging';
import { createLogger, Health } from '@checkout/observability';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import type { Need, StockEvent, StockHandler } from './application/ports.ts';
import type { Change, Stock } from './domain/stock.ts';
import { inventory } from './inventory.module.ts';
import { commit, release, reserve, saleOf, storeId, tenantId } from './testing.ts';
import { InventoryConsumer } from './transport/inventory.consumer.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const callers: Record<string, Principal> = {
  'back-office': { tenantId, subject: 'ann', roles: ['back-office'] },
  sre: { tenantId, subject: 'sam', roles: ['sre'] },
};

let server: TestDatabase;
let database: Database;
let line: Pipeline<Need, Stock, Change, StockEvent>;
let app: HttpApp;
let consumer: InventoryConsumer;
const sent: Outbound[] = [];

/** The whole service on the SQL stand-in; only the bus and the identity provider are ours. */
beforeAll(async () => {
  const here = import.meta.dirname;
  server = await startTestDatabase([join(here, '../../../libs/messaging/migrations'), join(here, 'store/migrations')], 'inventory');
  database = Database.open({ connectionString: server.connectionString, name: 'inventory' });
  const bus = { send: (messages: readonly Outbound[]) => Promise.resolve(void sent.push(...messages)) };
  const { module } = inventory({
    logger,
    reads: database,
    pipeline: (parts) => {
      const made = new Pipeline({ service: 'inventory', database, bus, logger, ...parts });
      line = made as unknown as typeof line;
      return made;
    },
  });
  const verifier = { verify: (header: string) => callers[header] } as unknown as TokenVerifier;
  app = await createHttpApp(module, { logger, health: new Health('inventory'), verifier });
  consumer = app.nest.get(InventoryConsumer);
});
afterAll(async () => {
  await app.close();
  await line.close();
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => void sent.splice(0));

/** As the bus brings a message; the id is the delivery's, so that the same one again is a redelivery. */
function receive<M extends Message>(handler: StockHandler<M>, message: M, id = uuidv7()): Promise<void> {
  return new Promise((resolve, reject) => {
    line.take({
      handler: handler as unknown as StockHandler<Message, unknown>,
      message,
      envelope: { id, source: '/services/orchestrator', type: message.type, time: '', tenantId, storeId },
      isFromBus: true,
      done: (result) => (result.ok ? resolve() : reject(result.error as Error)),
    });
  });
}

const deliver = (deliveryId: string, sku: string, quantity: number) =>
  app.fastify.inject({ method: 'POST', url: '/v1/deliveries', headers: { authorization: 'back-office' }, payload: { deliveryId, storeId, lines: [{ sku, quantity }] } });
const read = async (url: string, caller = 'back-office') => (await app.fastify.inject({ url, headers: { authorization: caller } })).json<Record<string, unknown>>();
const levelsOf = async (sku: string) => (await read(`/v1/stock/${storeId}?sku=${sku}`))['levels'];
const typesSent = () => sent.map(({ envelope }) => envelope.type);

describe('inventory', () => {
  it('takes a delivery in and sells it', async () => {
    expect((await deliver('D-1', 'TEA', 5)).statusCode).toBe(200);
    await receive(consumer.reserveStock(), reserve('sale 1', { TEA: 2 }));
    expect(await levelsOf('TEA')).toEqual([{ sku: 'TEA', onHand: 5, reserved: 2, available: 3 }]);

    await receive(consumer.commitStock(), commit('sale 1', { TEA: 2 }));

    expect(await levelsOf('TEA')).toEqual([{ sku: 'TEA', onHand: 3, reserved: 0, available: 3 }]);
    expect(typesSent()).toEqual(['inventory.stock-reserved.v1', 'inventory.stock-committed.v1']);
    expect(sent[0]).toMatchObject({ topic: 'checkout-replies', envelope: { tenantId, storeId, saleId: saleOf('sale 1') } });
  });

  it('answers a repeated command again, and a redelivery not at all', async () => {
    await deliver('D-2', 'MILK', 5);
    await receive(consumer.reserveStock(), reserve('sale 2', { MILK: 2 }), 'first-id');
    await receive(consumer.reserveStock(), reserve('sale 2', { MILK: 2 }), 'first-id');
    await receive(consumer.reserveStock(), reserve('sale 2', { MILK: 2 }), 'second-id');

    expect(sent).toHaveLength(2);
    expect(sent[1]?.bodyJson).toBe(sent[0]?.bodyJson);
    expect(await levelsOf('MILK')).toMatchObject([{ reserved: 2 }]);
  });

  it('counts a delivery once though it is reported ten times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver('D-3', 'RICE', 7)));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(await levelsOf('RICE')).toMatchObject([{ onHand: 7 }]);
  });

  it('X098 sells ten last items to ten of a hundred sales', async () => {
    await deliver('D-4', 'BREAD', 10);
    await Promise.all(Array.from({ length: 100 }, (_, index) => receive(consumer.reserveStock(), reserve(`rush ${index}`, { BREAD: 1 }))));

    const types = typesSent();
    expect(types.filter((type) => type === 'inventory.stock-reserved.v1')).toHaveLength(10);
    expect(types.filter((type) => type === 'inventory.stock-refused.v1')).toHaveLength(90);
    expect(await levelsOf('BREAD')).toMatchObject([{ onHand: 10, reserved: 10 }]);
  });

  it('bars a reservation that comes after its release', async () => {
    await deliver('D-5', 'SALT', 1);
    await Promise.all([receive(consumer.releaseStock(), release('sale 5')), receive(consumer.reserveStock(), reserve('sale 5', { SALT: 1 }))]);

    expect(typesSent()).toEqual(['inventory.stock-released.v1']);
    expect(await levelsOf('SALT')).toMatchObject([{ reserved: 0 }]);
  });

  it('balances after all of that', async () => {
    expect(await read(`/v1/stock/${storeId}/check`, 'sre')).toEqual({ ok: true, differences: [] });
  });
});
