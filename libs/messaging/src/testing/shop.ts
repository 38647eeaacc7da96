import './unref-long-timers.ts';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { emulatorConfig, inventory } from '@checkout/contracts';
import { partitionOf, uuidv7, type SaleId, type StoreId } from '@checkout/kernel';
import { startServiceBus, type EmulatorConfig, type ServiceBus } from '@checkout/local-service-bus';
import { createLogger, type Logger } from '@checkout/observability';
import { Database, int, sql, varchar, type Sql } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Bus } from '../bus.ts';
import { toOutbound, toServiceBus } from '../codec.ts';
import { Operations } from '../operations.ts';
import { Pipeline } from '../pipeline.ts';
import { ServiceBusServer } from '../service-bus.server.ts';
import { Sweeper } from '../sweeper.ts';
import { releaseStock, reserveStock, ShelfStore, tenantId, type Need, type Shelves, type Sold } from './shelf.ts';

/** One store for each partition, so that a partition nobody consumes is noticed. */
export const storeIds: readonly string[] = (() => {
  const byPartition = new Map<string, string>();
  for (let n = 0; byPartition.size < 8; n += 1) {
    const storeId = `S-${n}`;
    const partition = partitionOf(tenantId, storeId);
    if (!byPartition.has(partition)) byPartition.set(partition, storeId);
  }
  return [...byPartition.values()];
})();

export const ofSale = (storeId = storeIds[0]): inventory.ReleaseStock['body'] =>
  ({ tenantId, storeId, saleId: uuidv7() }) as unknown as inventory.ReleaseStock['body'];

/** The table of the tests' own service. */
export const shelfMigrations = join(import.meta.dirname, 'migrations');

/** Tries until it holds, and lets the last attempt's error through when the time is over. */
export async function eventually(check: () => Promise<void> | void, withinMs = 5_000): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(20);
    }
  }
}

/** The stand-ins, and whoever looks at them from outside. */
export class Town implements AsyncDisposable {
  readonly serviceBus: ServiceBus;
  readonly sqlServer: TestDatabase;
  readonly client: ServiceBusClient;
  /** Has more patience than a service: what is looked at is how a service bears what it is sent. Not for ever, because a link that was detached under a send never answers it; and the SDK's 30 s before it tries again would be the end of a test. */
  readonly #sender: ServiceBusSender;
  readonly #sending: ServiceBusClient;
  readonly #database: Database;
  readonly #directory: string;

  static async open({ lockDuration = 'PT1M' }: { readonly lockDuration?: string } = {}): Promise<Town> {
    const directory = await mkdtemp(join(tmpdir(), 'checkout-messaging-'));
    const folders = [join(import.meta.dirname, '../../migrations'), shelfMigrations];
    const [serviceBus, sqlServer] = await Promise.all([
      startServiceBus({ directory, faultsOverHttp: true, topology: JSON.parse(JSON.stringify(emulatorConfig()).replaceAll('PT1M', lockDuration)) as EmulatorConfig }),
      startTestDatabase(folders, 'shelf'),
    ]);
    return new Town(serviceBus, sqlServer, directory);
  }

  private constructor(serviceBus: ServiceBus, sqlServer: TestDatabase, directory: string) {
    this.serviceBus = serviceBus;
    this.sqlServer = sqlServer;
    this.#directory = directory;
    this.client = new ServiceBusClient(serviceBus.connectionString, { retryOptions: { timeoutInMs: 2_000 } });
    this.#sending = new ServiceBusClient(serviceBus.connectionString, { retryOptions: { timeoutInMs: 8_000, retryDelayInMs: 100 } });
    this.#sender = this.#sending.createSender('inventory-commands');
    this.#database = Database.open({ connectionString: sqlServer.connectionString, name: 'shelf', lane: 'read' });
  }

  /** Commands to sell one piece, one for each store named. */
  async sell(stores: readonly (string | undefined)[]): Promise<void> {
    await this.send(stores.map((storeId) => inventory.ReleaseStock(ofSale(storeId))));
  }

  async send(messages: readonly (inventory.ReleaseStock | inventory.ReserveStock)[]): Promise<void> {
    const outbound = messages.map((message) => toServiceBus(toOutbound(message, { id: uuidv7(), source: '/tests', time: '', tenantId: tenantId as never })));
    for (let from = 0; from < outbound.length; from += 100) await this.#sender.sendMessages(outbound.slice(from, from + 100));
  }

  /** A command to sell one piece, of this sale. */
  of(storeId: string | undefined, saleId: SaleId): inventory.ReleaseStock {
    return inventory.ReleaseStock({ ...ofSale(storeId), saleId });
  }

  reserve(sku: string, storeId = storeIds[0]): inventory.ReserveStock {
    return inventory.ReserveStock({ ...ofSale(storeId as StoreId), lines: [{ sku: sku as never, quantity: 1 }] });
  }

  async sold(storeId?: string): Promise<number> {
    const [row] = await this.#database.query(z.object({ sold: z.int().nullable() }), storeId === undefined
      ? sql`SELECT SUM(sold) AS sold FROM shelf;`
      : sql`SELECT SUM(sold) AS sold FROM shelf WHERE tenant_id = ${varchar(40, tenantId)} AND store_id = ${varchar(40, storeId)};`);
    return row?.sold ?? 0;
  }

  async chunks(): Promise<number> {
    const [row] = await this.#database.query(z.object({ chunks: z.int() }), sql`SELECT COUNT(*) AS chunks FROM outbox;`);
    return row?.chunks ?? 0;
  }

  /** Nothing sold, nothing waiting. */
  async reset(): Promise<void> {
    await fetch(`http://localhost:${this.serviceBus.port}/reset`, { method: 'POST' });
    await this.execute(sql`DELETE FROM shelf; DELETE FROM outbox; DELETE FROM inbox;`);
  }

  execute(statement: Sql): Promise<void> {
    return this.#database.commit(statement);
  }

  /** Makes every chunk old enough to be swept. */
  ageChunks(): Promise<void> {
    return this.execute(sql`UPDATE outbox SET created_at = DATEADD(second, ${int(-10)}, created_at);`);
  }

  /** Of one subscription: how many messages wait, and how many are dead letters. */
  async waiting(entity = 'inventory-commands/subscriptions/inventory'): Promise<{ active: number; locked: number; deadLetter: number }> {
    const response = await fetch(`http://localhost:${this.serviceBus.port}/entities`);
    const entities = (await response.json()) as Record<string, { active: number; locked: number; deadLetter: number }>;
    const found = Object.entries(entities).find(([path]) => path.toLowerCase() === entity);
    if (!found) throw new Error(`no ${entity} among ${Object.keys(entities).join(', ')}`);
    return found[1];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that a test has cut off would wait for the answer to its goodbye as long as it has patience.
    await Promise.race([Promise.all([this.client.close(), this.#sending.close()]), sleep(3_000)]);
    await this.#database.close();
    await this.serviceBus.close();
    await this.sqlServer[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export interface ShopOptions {
  /** Stands before each commit; what it throws is what the commit throws. */
  readonly beforeCommit?: (work: Sql) => Promise<void> | void;
  /** Stands before each send, in place of the bus when it answers with a promise. */
  readonly insteadOfSend?: (messages: Parameters<Bus['send']>[0]) => Promise<void> | undefined;
  readonly heartbeat?: { readonly everyMs: number; readonly deadlineMs: number };
  /** By which way it reaches the bus. */
  readonly connectionString?: string;
  /** How long the sweeper leaves a topic alone that takes nothing. */
  readonly shutMs?: number;
}

/** One process of the service that owns the shelves. */
export class Shop {
  readonly pipeline: Pipeline<Need, Shelves, Sold>;
  readonly server: ServiceBusServer<Need, Shelves, Sold>;
  readonly bus: Bus;
  readonly log: { readonly level: string; readonly msg: string; readonly err?: { readonly message: string } }[] = [];
  readonly commits: string[] = [];
  readonly #database: Database;

  constructor(town: Town, { beforeCommit, insteadOfSend, heartbeat, connectionString = town.serviceBus.connectionString, shutMs }: ShopOptions = {}) {
    const logger: Logger = createLogger({ service: 'shelf', level: 'debug', destination: { write: (line: string) => void this.log.push(JSON.parse(line) as (typeof this.log)[number]) } });
    this.bus = new Bus(connectionString, { logger, ...(heartbeat && { heartbeat }) });
    const operations = new Operations({ service: 'shelf', bus: this.bus, logger, instance: 'shelf/1' });
    const database = Database.open({
      connectionString: town.sqlServer.connectionString, name: 'shelf', logger,
      policy: { probe: { goodInARow: 1, gapMs: 20, deadlineMs: 400, delaysMs: () => [50] } },
    });
    this.#database = database;
    const bus = { send: (messages: Parameters<Bus['send']>[0]) => insteadOfSend?.(messages) ?? this.bus.send(messages) };
    const watched: Pick<Database, 'queries' | 'commit'> = {
      queries: (rows, statement) => database.queries(rows, statement),
      commit: async (work) => {
        await beforeCommit?.(work);
        await database.commit(work);
        this.commits.push(work.text);
      },
    };
    this.pipeline = new Pipeline({ service: 'shelf', database: watched, bus, store: new ShelfStore(), logger });
    const sweeper = new Sweeper({ database, bus, pipeline: this.pipeline, logger, ...(shutMs !== undefined && { shutMs }) });
    this.server = new ServiceBusServer({ bus: this.bus, pipeline: this.pipeline, sweeper, subscription: 'inventory', logger, operations, untilAvailable: () => database.whenClosed(), defectPauseMs: () => 0 });
    this.server.addHandler(inventory.ReleaseStock.type, () => Promise.resolve(releaseStock));
    this.server.addHandler(inventory.ReserveStock.type, () => Promise.resolve(reserveStock));
  }

  get warnings(): readonly string[] {
    return this.log.filter(({ level }) => ['warn', 'error', 'fatal'].includes(level)).map(({ msg, err }) => `${msg}${err ? `: ${err.message}` : ''}`);
  }

  /** Commits of units of work; those that only clean up are not counted. */
  get unitsOfWork(): number {
    return this.commits.filter((text) => text.includes('inbox') || text.includes('shelf')).length;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => this.server.listen((error) => (error === undefined ? resolve() : reject(error as Error))));
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.vanish();
  }

  /** As a crash leaves it: nothing is finished. */
  async vanish(): Promise<void> {
    await Promise.race([this.bus.close(), sleep(1_000)]);
    await this.#database.close();
  }
}
