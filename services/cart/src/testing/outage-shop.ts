import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { TokenVerifier } from '@checkout/auth';
import { emulatorConfig, type http, type Message } from '@checkout/contracts';
import { createHttpApp } from '@checkout/http';
import { partitionOf, uuidv7, type SaleId } from '@checkout/kernel';
import { startIdentity, type RunningIdentity } from '@checkout/local-identity';
import { startServiceBus, type EmulatorConfig, type ServiceBus } from '@checkout/local-service-bus';
import { Bus, ExpressSender, Pipeline, ServiceBusServer, Sweeper } from '@checkout/messaging';
import { createLogger, Health } from '@checkout/observability';
import type { Platform } from '@checkout/service';
import { Database, type Lane } from '@checkout/sql';
import { startFaultProxy, startTestDatabase, type FaultProxy, type TestDatabase } from '@checkout/sql/testing';
import { assembleCart } from '../cart.module.ts';
import type { CartEnvironment } from '../config.ts';
import { acme, leeds } from '../testing.ts';

const topology = (): EmulatorConfig => JSON.parse(JSON.stringify(emulatorConfig())) as EmulatorConfig;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly tookMs: number;
}

/** One process of cart. */
export interface Cart {
  readonly base: string;
  close(): Promise<void>;
}

/** Stand-ins for everything that cart depends on, each to be broken, and cart before them. The orchestrator is played by the spec. */
export class OutageTown {
  directory!: string;
  identity!: RunningIdentity;
  bus!: ServiceBus;
  sql!: TestDatabase;
  /** Between cart and its database. */
  network!: FaultProxy;
  orchestrator!: Server;
  /** What the orchestrator knows of sales; `undefined` when it is away. */
  book: Map<SaleId, http.SaleView> | undefined = new Map();
  readonly tokens: Record<'till' | 'otherTill' | 'office', string> = { till: '', otherTill: '', office: '' };

  async open(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'checkout-outage-'));
    const here = import.meta.dirname;
    [this.identity, this.bus, this.sql] = await Promise.all([
      startIdentity({ directory: join(this.directory, 'identity') }),
      startServiceBus({ directory: join(this.directory, 'bus'), topology: topology() }),
      startTestDatabase([join(here, '../../../../libs/messaging/migrations'), join(here, '../store/migrations')], 'cart'),
    ]);
    this.network = await startFaultProxy(this.sql.port);
    this.orchestrator = createServer((request, response) => {
      if (!this.book) return void response.destroy();
      const sale = this.book.get((request.url ?? '').split('/').at(-1) as SaleId);
      return void response.writeHead(sale ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(sale ?? {}));
    });
    await new Promise<void>((resolve) => void this.orchestrator.listen(0, '127.0.0.1', resolve));
    const { identity, tokens } = this;
    tokens.till = await identity.token({ subject: 'till-1', tenant: acme, store: leeds, till: 'LEEDS-01-T1', roles: ['till'] });
    tokens.otherTill = await identity.token({ subject: 'till-2', tenant: acme, store: leeds, till: 'LEEDS-01-T2', roles: ['till'] });
    tokens.office = await identity.token({ subject: 'office', tenant: acme, roles: ['back-office'] });
  }

  async close(): Promise<void> {
    await this.network[Symbol.asyncDispose]();
    this.orchestrator.closeAllConnections();
    await new Promise((resolve) => this.orchestrator.close(resolve));
    await Promise.all([this.identity.close(), this.bus.close(), this.sql[Symbol.asyncDispose]()]);
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A process of cart, as the common host runs it. */
  async serve({ busPercent = 0 }: { busPercent?: number } = {}): Promise<Cart> {
    const address = this.orchestrator.address();
    const logger = createLogger({ service: 'cart', level: 'silent' });
    const connectionString = this.sql.connectionString.replace(String(this.sql.port), String(this.network.port));
    // Probes soon: what is measured here is what happens, not how patient the prober is.
    const probe = { goodInARow: 1, gapMs: 50, deadlineMs: 400, delaysMs: () => [200] };
    const lanes = new Map<Lane, Database>();
    const lane = (wanted: Lane): Database => {
      const database = lanes.get(wanted) ?? Database.open({ connectionString, name: 'cart', lane: wanted, policy: { rampMs: 200, probe } });
      lanes.set(wanted, database);
      return database;
    };
    const bus = new Bus(this.bus.connectionString);
    const express = new ExpressSender({ connectionString: this.bus.connectionString, topic: 'checkout-requests', policy: { probe: { ...probe, deadlineMs: 3_000 } } });
    const built: Pipeline<never, never, never>[] = [];
    const pipeline: Platform<CartEnvironment>['pipeline'] = ({ lane: wanted = 'work', ...parts }) => {
      const made = new Pipeline({ service: 'cart', database: lane(wanted), bus, logger, ...parts });
      built.push(made as unknown as Pipeline<never, never, never>);
      return made;
    };
    const environment = {
      ORCHESTRATOR_URL: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
      BUS_ROUTE_PERCENT: busPercent,
      CATALOGUE_SNAPSHOT_DIR: join(this.directory, 'catalogue'),
    } as CartEnvironment;
    const { module, openapi, background = [] } = assembleCart({ environment, logger, database: lane('work'), reads: lane('read'), express: () => express, pipeline });
    const [made] = built;
    if (!made) throw new Error('cart has no pipeline');
    const { issuer, audience, jwksUrl } = this.identity;
    const app = await createHttpApp(module, { logger, health: new Health('cart'), verifier: new TokenVerifier({ issuer, audience, jwksUrl }), openapi, rateLimit: { perSecond: 100_000, burst: 100_000 } });
    const sweeper = new Sweeper({ database: lane('work'), bus, pipeline: made, logger });
    app.nest.connectMicroservice({ strategy: new ServiceBusServer({ bus, pipeline: made, sweeper, subscription: 'cart', logger, untilAvailable: () => lane('accept').whenClosed() }) });
    await app.nest.startAllMicroservices();
    for (const each of background) each.start();
    await express.warm();
    return {
      base: `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`,
      close: async () => {
        for (const each of background) await each.stop();
        await app.close();
        await Promise.all([bus.close(), express.close(), ...[...lanes.values()].map((each) => each.close())]);
      },
    };
  }

  async call({ base }: Cart, method: string, path: string, body?: unknown, { token = 'till', headers = {} }: { token?: keyof OutageTown['tokens']; headers?: Record<string, string> } = {}): Promise<Answer> {
    const startedAt = performance.now();
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.tokens[token]}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>), tookMs: performance.now() - startedAt };
  }

  /** Until the copy of the catalogue is on disk. */
  async copied(): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      if (existsSync(join(this.directory, 'catalogue', `${acme}.json`))) return;
      await sleep(25);
    }
    throw new Error('the catalogue was not copied');
  }

  /** The bus comes back at the same address with what it had. */
  async startBus(): Promise<void> {
    this.bus = await startServiceBus({ directory: join(this.directory, 'bus'), port: this.bus.port, topology: topology() });
  }

  /** Every request that the orchestrator would get of one command, once there is any. */
  async requestsOf(commandId: string): Promise<readonly ServiceBusReceivedMessage[]> {
    const client = new ServiceBusClient(this.bus.connectionString);
    const found: ServiceBusReceivedMessage[] = [];
    const takeIn = (messages: readonly ServiceBusReceivedMessage[]): void => void found.push(...messages.filter(({ body }) => (body as { commandId: string }).commandId === commandId));
    try {
      const receiver = await client.acceptSession('checkout-requests', 'orchestrator', partitionOf(acme, leeds), { receiveMode: 'receiveAndDelete' });
      for (let tries = 0; tries < 30 && found.length === 0; tries += 1) takeIn(await receiver.receiveMessages(100, { maxWaitTimeInMs: 500 }));
      takeIn(await receiver.receiveMessages(100, { maxWaitTimeInMs: 300 }));
      return found;
    } finally {
      await client.close();
    }
  }

  /** Tells cart what the orchestrator has to tell. */
  async tell(message: Message): Promise<void> {
    const client = new ServiceBusClient(this.bus.connectionString);
    try {
      await client.createSender('cart-commands').sendMessages({
        messageId: uuidv7(), subject: message.type, sessionId: partitionOf(acme, leeds), body: message.body,
        applicationProperties: { 'cloudEvents:specversion': '1.0', 'cloudEvents:type': message.type, 'cloudEvents:source': '/services/orchestrator', tenant: acme },
      });
    } finally {
      await client.close();
    }
  }
}
