import { join } from 'node:path';
import type { Principal, TokenVerifier } from '@checkout/auth';
import type { Message } from '@checkout/contracts';
import { createHttpApp } from '@checkout/http';
import { Pipeline } from '@checkout/messaging';
import { createLogger, Health } from '@checkout/observability';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import type { Need, StockEvent, StockHandler } from './application/ports.ts';
import type { Change, Stock } from './domain/stock.ts';
import { inventory } from './inventory.module.ts';
import { commit, release, reserve, storeId, tenantId } from './testing.ts';
import { InventoryConsumer } from './transport/inventory.consumer.ts';

/** What inventory's death in the midst of a commit leaves: the server loses the connection there, and the instance does nothing more. */
let server: TestDatabase;
beforeAll(async () => {
  const here = import.meta.dirname;
  server = await startTestDatabase([join(here, '../../../libs/messaging/migrations'), join(here, 'store/migrations')], 'inventory');
});
afterAll(() => server[Symbol.asyncDispose]());

const logger = createLogger({ service: 'test', level: 'silent' });
const operator: Principal = { tenantId, subject: 'ann', roles: ['back-office', 'sre'] };

/** One instance of the service on the SQL stand-in. Of one that is mortal nothing is heard after its first commit, however that went. */
async function open({ isMortal = false } = {}) {
  const database = Database.open({ connectionString: server.connectionString, name: 'inventory' });
  const { promise: died, resolve: dies } = Promise.withResolvers<void>();
  const mortal: Pick<Database, 'queries' | 'commit'> = {
    queries: (rows, statement) => database.queries(rows, statement),
    commit: async (work) => {
      await database.commit(work).catch(() => {});
      dies();
      return new Promise(() => {});
    },
  };
  let line: Pipeline<Need, Stock, Change, StockEvent> | undefined;
  const { module } = inventory({
    logger,
    reads: database,
    pipeline: (parts) => {
      const made = new Pipeline({ service: 'inventory', database: isMortal ? mortal : database, bus: { send: () => Promise.resolve() }, logger, ...parts });
      line = made as unknown as typeof line;
      return made;
    },
  });
  const app = await createHttpApp(module, { logger, health: new Health('inventory'), verifier: { verify: () => operator } as unknown as TokenVerifier });
  const read = async (url: string) => (await app.fastify.inject({ url, headers: { authorization: 'operator' } })).json<Record<string, unknown>>();

  return {
    consumer: app.nest.get(InventoryConsumer),
    /** As the bus brings a message; the id is the delivery's, so that the same one again is a redelivery. */
    receive: <M extends Message>(handler: StockHandler<M>, message: M, id: string) =>
      new Promise<void>((resolve, reject) => {
        line?.take({
          handler: handler as unknown as StockHandler<Message, unknown>,
          message,
          envelope: { id, source: '/services/orchestrator', type: message.type, time: '', tenantId, storeId },
          isFromBus: true,
          done: (result) => (result.ok ? resolve() : reject(result.error as Error)),
        });
      }),
    deliver: (deliveryId: string, pieces: Readonly<Record<string, number>>) =>
      app.fastify.inject({
        method: 'POST', url: '/v1/deliveries', headers: { authorization: 'operator' },
        payload: { deliveryId, storeId, lines: Object.entries(pieces).map(([sku, quantity]) => ({ sku, quantity })) },
      }).then(({ statusCode }) => statusCode),
    /** Pieces on the shelf and set aside, article by article; and whether the ledger agrees. */
    stock: async (...skus: readonly string[]) => {
      const { levels } = (await read(`/v1/stock/${storeId}?${skus.map((sku) => `sku=${sku}`).join('&')}`)) as { levels: { onHand: number; reserved: number }[] };
      return { levels: levels.map(({ onHand, reserved }) => [onHand, reserved]), isBalanced: (await read(`/v1/stock/${storeId}/check`))['ok'] };
    },
    died,
    async close() {
      await app.close();
      if (!isMortal) await line?.close();
      await database.close();
    },
  };
}
type Instance = Awaited<ReturnType<typeof open>>;

async function during<T>(work: (instance: Instance) => Promise<T>): Promise<T> {
  const instance = await open();
  try {
    return await work(instance);
  } finally {
    await instance.close();
  }
}

const fates = [['rolled back', 'drop-before'], ['done', 'drop-after-commit']] as const;

/** Whoever was at it dies at the commit, of which the server makes this. */
async function dieAtCommit(fate: (typeof fates)[number][1], at: (instance: Instance) => Promise<unknown>): Promise<void> {
  const dying = await open({ isMortal: true });
  server.faults([{ match: 'commit', action: fate }]);
  void at(dying);
  await dying.died;
  server.faults([]);
  await dying.close();
}

const nextArticles = (() => {
  let articles = 0;
  return (...kinds: readonly string[]) => {
    articles += 1;
    return kinds.map((kind) => `${kind}-${articles}`);
  };
})();

describe('inventory dies', () => {
  it.each(fates)('K17 in the commit that sets goods aside, which is %s: they are set aside once', async (_, fate) => {
    // given
    const [tea = '', milk = ''] = nextArticles('TEA', 'MILK');
    const sale = `sale of ${tea}`;
    await during(({ deliver }) => deliver(`D-${tea}`, { [tea]: 5, [milk]: 5 }));
    const message = reserve(sale, { [tea]: 2, [milk]: 1 });

    // when
    await dieAtCommit(fate, ({ consumer, receive }) => receive(consumer.reserveStock(), message, sale));

    // then
    await during(async ({ consumer, receive, stock }) => {
      expect(await stock(tea, milk)).toEqual({ levels: fate === 'drop-before' ? [[5, 0], [5, 0]] : [[5, 2], [5, 1]], isBalanced: true });
      await receive(consumer.reserveStock(), message, sale);
      await receive(consumer.reserveStock(), message, `${sale}, asked again`);
      expect(await stock(tea, milk)).toEqual({ levels: [[5, 2], [5, 1]], isBalanced: true });
    });
  });

  const ends = (['sold', 'put back'] as const).flatMap((end) => fates.map(([told, fate]) => [end, told, fate] as const));
  it.each(ends)('K18 in the commit by which several articles are %s, which is %s: all of them or none, and in the end once', async (end, _, fate) => {
    // given
    const [tea = '', milk = '', rice = ''] = nextArticles('TEA', 'MILK', 'RICE');
    const sale = `sale of ${tea}`;
    const basket = { [tea]: 1, [milk]: 2, [rice]: 3 };
    await during(async ({ consumer, deliver, receive }) => {
      await deliver(`D-${tea}`, { [tea]: 5, [milk]: 5, [rice]: 5 });
      await receive(consumer.reserveStock(), reserve(sale, basket), `reserve ${sale}`);
    });
    const finish = ({ consumer, receive }: Instance, id: string) =>
      (end === 'sold' ? receive(consumer.commitStock(), commit(sale, basket), id) : receive(consumer.releaseStock(), release(sale), id));
    const finished = end === 'sold' ? [[4, 0], [3, 0], [2, 0]] : [[5, 0], [5, 0], [5, 0]];

    // when
    await dieAtCommit(fate, (instance) => finish(instance, sale));

    // then
    await during(async (instance) => {
      expect(await instance.stock(tea, milk, rice)).toEqual({ levels: fate === 'drop-before' ? [[5, 1], [5, 2], [5, 3]] : finished, isBalanced: true });
      await finish(instance, sale);
      await finish(instance, `${sale}, asked again`);
      expect(await instance.stock(tea, milk, rice)).toEqual({ levels: finished, isBalanced: true });
    });
  });

  it.each(fates)('K19 in the commit that counts a delivery, which is %s: it is counted once', async (_, fate) => {
    const [tea = '', milk = ''] = nextArticles('TEA', 'MILK');
    const delivery = { [tea]: 7, [milk]: 4 };
    await dieAtCommit(fate, ({ deliver }) => deliver(`D-${tea}`, delivery));
    await during(async ({ deliver, stock }) => {
      expect(await stock(tea, milk)).toEqual({ levels: fate === 'drop-before' ? [[0, 0], [0, 0]] : [[7, 0], [4, 0]], isBalanced: true });
      expect([await deliver(`D-${tea}`, delivery), await deliver(`D-${tea}`, delivery)]).toEqual([200, 200]);
      expect(await stock(tea, milk)).toEqual({ levels: [[7, 0], [4, 0]], isBalanced: true });
    });
  });
});
