import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusAdministrationClient, ServiceBusClient, type ServiceBusAdministrationClientOptions, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { startServiceBus, type ServiceBus } from '@checkout/local-service-bus';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { DirectPlan } from '../application/direct-plan.ts';
import { DryRun } from '../application/dry-run.ts';
import { IndexDeadLetters } from '../application/index-dead-letters.ts';
import { MakePlan } from '../application/make-plan.ts';
import type { Operator, Predictor } from '../application/ports.ts';
import { RestoreDiscarded } from '../application/restore.ts';
import { RunPlan } from '../application/run-plan.ts';
import { OperationsAlerts } from '../gateway/operations-alerts.ts';
import { ServiceBusQueues } from '../gateway/service-bus-queues.ts';
import { SqlArchive } from '../store/sql-archive.ts';
import { SqlAudit } from '../store/sql-audit.ts';
import { SqlGroups } from '../store/sql-groups.ts';
import { SqlIndex } from '../store/sql-index.ts';
import { SqlPlans } from '../store/sql-plans.ts';
import { SqlReports } from '../store/sql-reports.ts';

export const queue = { topic: 'stock', subscription: 'inventory' };
export const ann: Operator = { subject: 'ann', scope: 'all-tenants', mayOperate: true, mayApprove: false, authorization: '' };
export const bea: Operator = { ...ann, subject: 'bea', mayApprove: true };

export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Where a run is to die, as a process does: nothing after it happens. */
export type Death = 'after marking' | 'after sending' | 'after removing';

/** The desk on the two stand-ins, with a subscription `inventory` that fails and one beside it that must notice nothing. */
export class TestDesk implements AsyncDisposable {
  client: ServiceBusClient;
  readonly database: Database;
  readonly databaseConnection: string;
  readonly busConnection: string;
  parts: ReturnType<typeof assemble>;
  readonly #directory: string;
  readonly #bus: ServiceBus;
  readonly #server: TestDatabase;

  static async start(predictor?: Predictor): Promise<TestDesk> {
    const directory = mkdtempSync(join(tmpdir(), 'desk-'));
    const subscription = (name: string) => ({
      Name: name, Properties: { LockDuration: 'PT5S', MaxDeliveryCount: 10, RequiresSession: true, DeadLetteringOnMessageExpiration: true },
      Rules: [{ Name: 'replay', Properties: { FilterType: 'Sql' as const, SqlFilter: { SqlExpression: `replayFor IS NULL OR replayFor = '${name}'` } } }],
    });
    const Properties = { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: 'PT10M' };
    const bus = await startServiceBus({
      port: 0, directory,
      topology: { UserConfig: { Namespaces: [{ Name: 'shop', Topics: [
        { Name: 'stock', Properties, Subscriptions: [subscription('inventory'), subscription('audit')] },
        { Name: 'operations', Subscriptions: [{ Name: 'desk', Properties: { LockDuration: 'PT5S', MaxDeliveryCount: 10 } }] },
      ] }] } },
    });
    return new TestDesk(directory, bus, await startTestDatabase([join(import.meta.dirname, '../store/migrations')], 'operations'), predictor);
  }

  private constructor(directory: string, bus: ServiceBus, server: TestDatabase, predictor?: Predictor) {
    this.#directory = directory;
    this.#bus = bus;
    this.#server = server;
    this.client = new ServiceBusClient(bus.connectionString);
    this.databaseConnection = server.connectionString;
    this.busConnection = bus.connectionString;
    this.database = Database.open({ connectionString: server.connectionString, name: 'operations', logger: silent });
    this.parts = assemble(this.client, this.database, predictor);
  }

  /** Another process of the same desk, which may die on its way. */
  another(death?: Death): ReturnType<typeof assemble> {
    return assemble(this.client, this.database, undefined, death);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.database.close();
    await this.#server[Symbol.asyncDispose]();
    await this.#bus.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Deletes the topic and makes it again: its messages are gone, and numbers count from the beginning. Who goes on is a new process. */
  async makeTopicAgain(): Promise<void> {
    // The client asks for HTTPS always, and the stand-in speaks HTTP.
    const agent = new Agent({ keepAlive: true });
    Object.assign(agent, { protocol: 'https:' });
    const options: ServiceBusAdministrationClientOptions & { agent: Agent } = { agent };
    const administration = new ServiceBusAdministrationClient(this.busConnection, options);
    await administration.deleteTopic(queue.topic);
    await administration.createTopic(queue.topic, { requiresDuplicateDetection: true });
    await administration.createSubscription(queue.topic, queue.subscription, { requiresSession: true, lockDuration: 'PT5S' });
    await this.client.close();
    this.client = new ServiceBusClient(this.busConnection);
    this.parts = assemble(this.client, this.database);
  }

  /** Dead letters as inventory would leave them: received, and refused for a reason. */
  async deadLetter(count: number, { reason = 'stock-row-missing', tenant = 'acme', first = 0, saleOf = (n: number) => `sale-${n}`, bodyOf = (n: number): object => ({ tenantId: tenant, saleId: saleOf(n), currency: 'GBP', totalMinor: 100, token: 'tok_secret' }) } = {}): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) => first + index).map((n) => ({
      messageId: `${reason}-${n}`, sessionId: 'p1', subject: 'inventory.commit-stock.v1', contentType: 'application/json',
      body: Buffer.from(JSON.stringify(bodyOf(n))),
      applicationProperties: { 'cloudEvents:type': 'inventory.commit-stock.v1', 'cloudEvents:subject': saleOf(n), tenant, store: 's1', traceparent: '00-1-1-01', odd: n },
    }));
    for (let from = 0; from < count; from += 200) await this.client.createSender('stock').sendMessages(messages.slice(from, from + 200));
    const receiver = await this.client.acceptSession('stock', 'inventory', 'p1');
    for (let left = count; left > 0;) {
      const received = await receiver.receiveMessages(left, { maxWaitTimeInMs: 5_000 });
      await Promise.all(received.map((message) => receiver.deadLetterMessage(message, {
        deadLetterReason: reason, deadLetterErrorDescription: 'as planned', 'failure-frame': 'commitStock (commit-stock.ts)', 'failure-dependency': 'inventory/work',
      })));
      left -= received.length;
    }
    await receiver.close();
  }

  /** What inventory receives, each told to the desk as handled. */
  async handle(count: number, outcome: 'applied' | 'dead-letter' = 'applied'): Promise<ServiceBusReceivedMessage[]> {
    const receiver = await this.client.acceptSession('stock', 'inventory', 'p1');
    const handled: ServiceBusReceivedMessage[] = [];
    for (const until = Date.now() + 60_000; handled.length < count && Date.now() < until;) {
      for (const message of await receiver.receiveMessages(100, { maxWaitTimeInMs: 300 })) {
        handled.push(message);
        if (outcome === 'applied') {
          await receiver.completeMessage(message);
          await this.parts.reports.replayHandled({ messageId: String(message.messageId), outcome });
        } else {
          await receiver.deadLetterMessage(message, { deadLetterReason: 'stock-row-missing', deadLetterErrorDescription: 'again' });
          await this.parts.index.findNew(Infinity);
        }
      }
    }
    await receiver.close();
    return handled;
  }

  /** Indexes what there is. @returns the signature of the first group */
  async signature(): Promise<string> {
    await this.parts.index.findNew(Infinity);
    const [group] = await this.parts.groups.groups({ scope: 'all-tenants' });
    return group?.signature ?? '';
  }
}

/** A body that is what `inventory.commit-stock.v1` says. */
export const commitStock = (n: number, sku = 'TEA-01') => ({
  tenantId: 'acme', storeId: 's1', saleId: `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`, lines: [{ sku, quantity: 1 }],
});

export const replayOf = (signature: string) => ({ kind: 'replay' as const, selection: { signature }, reason: 'the row is back' });

function assemble(client: ServiceBusClient, database: Database, predictor: Predictor = { predict: () => Promise.reject(new Error('nobody to ask')) }, dieAt?: Death) {
  const queues = new ServiceBusQueues(client, [queue]);
  const now = (): Date => new Date();
  const audit = new SqlAudit(database);
  const entries = new SqlIndex(database);
  const groups = new SqlGroups(database);
  const plans = new SqlPlans(database, audit);
  const reports = new SqlReports(database);
  const archive = new SqlArchive(database);
  const die = (): never => { throw new Error('killed'); };
  if (dieAt === 'after marking') queues.setAside = () => Promise.resolve().then(die);
  if (dieAt === 'after sending') {
    const send = queues.send.bind(queues);
    queues.send = (...args) => send(...args).then(die);
  }
  if (dieAt === 'after removing') {
    const mark = plans.mark.bind(plans);
    plans.mark = (plan, changes, entries, wave) => (wave === undefined ? mark(plan, changes, entries) : Promise.resolve().then(die));
  }
  return {
    queues, entries, groups, plans, reports, audit,
    archive,
    index: new IndexDeadLetters(queues, entries, groups, new OperationsAlerts(client, silent)),
    make: new MakePlan(queues, entries, plans, now, randomUUID),
    direct: new DirectPlan(plans, reports, now),
    dryRun: new DryRun(queues, plans, predictor, now),
    restore: new RestoreDiscarded(archive, queues, audit, now),
    run: new RunPlan({ queues, plans, reports, archive, now, pause: (ms) => sleep(ms), limits: { pollMs: 50 } }),
  };
}
