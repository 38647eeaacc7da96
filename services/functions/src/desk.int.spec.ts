import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { startServiceBus, type ServiceBus } from '@checkout/local-service-bus';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { DirectPlan } from './application/direct-plan.ts';
import { IndexDeadLetters } from './application/index-dead-letters.ts';
import { MakePlan } from './application/make-plan.ts';
import type { Operator } from './application/ports.ts';
import { RestoreDiscarded } from './application/restore.ts';
import { RunPlan } from './application/run-plan.ts';
import { verifyAudit } from './application/verify-audit.ts';
import { ServiceBusQueues } from './gateway/service-bus-queues.ts';
import { SqlArchive } from './store/sql-archive.ts';
import { SqlAudit } from './store/sql-audit.ts';
import { SqlIndex } from './store/sql-index.ts';
import { SqlPlans } from './store/sql-plans.ts';
import { SqlReports } from './store/sql-reports.ts';

const queue = { topic: 'stock', subscription: 'inventory' };
const ann: Operator = { subject: 'ann', scope: 'all-tenants', mayOperate: true, mayApprove: false, authorization: '' };
const bea: Operator = { ...ann, subject: 'bea', mayApprove: true };

describe('the desk, on a real bus and database', () => {
  let directory: string;
  let bus: ServiceBus;
  let client: ServiceBusClient;
  let server: TestDatabase;
  let database: Database;
  let desk: ReturnType<typeof assemble>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'desk-'));
    const subscription = (name: string) => ({
      Name: name, Properties: { LockDuration: 'PT5S', MaxDeliveryCount: 10, RequiresSession: true },
      Rules: [{ Name: 'replay', Properties: { FilterType: 'Sql' as const, SqlFilter: { SqlExpression: `replayFor IS NULL OR replayFor = '${name}'` } } }],
    });
    bus = await startServiceBus({
      port: 0, directory,
      topology: { UserConfig: { Namespaces: [{ Name: 'shop', Topics: [{ Name: 'stock', Properties: { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: 'PT10M' }, Subscriptions: [subscription('inventory'), subscription('audit')] }] }] } },
    });
    client = new ServiceBusClient(bus.connectionString);
    server = await startTestDatabase([join(import.meta.dirname, 'store/migrations')], 'operations');
    database = Database.open({ connectionString: server.connectionString, name: 'operations', logger: silent });
    desk = assemble(client, database);
  });

  afterEach(async () => {
    await client.close();
    await database.close();
    await server[Symbol.asyncDispose]();
    await bus.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Dead letters as inventory would leave them: received, and refused for a reason. */
  async function deadLetter(count: number, { reason = 'stock-row-missing', tenant = 'acme', saleOf = (n: number) => `sale-${n}` } = {}): Promise<void> {
    const messages = Array.from({ length: count }, (_, n) => ({
      messageId: `${reason}-${n}`, sessionId: 'p1', subject: 'inventory.commit-stock.v1', contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ tenantId: tenant, saleId: saleOf(n), currency: 'GBP', totalMinor: 100, token: 'tok_secret' })),
      applicationProperties: { 'cloudEvents:type': 'inventory.commit-stock.v1', 'cloudEvents:subject': saleOf(n), tenant, store: 's1', traceparent: '00-1-1-01', odd: n },
    }));
    for (let from = 0; from < count; from += 200) await client.createSender('stock').sendMessages(messages.slice(from, from + 200));
    const receiver = await client.acceptSession('stock', 'inventory', 'p1');
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
  async function handle(count: number, outcome: 'applied' | 'dead-letter' = 'applied'): Promise<ServiceBusReceivedMessage[]> {
    const receiver = await client.acceptSession('stock', 'inventory', 'p1');
    const handled: ServiceBusReceivedMessage[] = [];
    for (const until = Date.now() + 15_000; handled.length < count && Date.now() < until;) {
      for (const message of await receiver.receiveMessages(100, { maxWaitTimeInMs: 300 })) {
        handled.push(message);
        if (outcome === 'applied') {
          await receiver.completeMessage(message);
          await desk.reports.replayHandled({ messageId: String(message.messageId), outcome });
        } else {
          await receiver.deadLetterMessage(message, { deadLetterReason: 'stock-row-missing', deadLetterErrorDescription: 'again' });
          await desk.index.findNew(Infinity);
        }
      }
    }
    await receiver.close();
    return handled;
  }

  const select = (signature: string) => ({ kind: 'replay' as const, selection: { signature }, reason: 'the row is back' });

  async function onlySignature(): Promise<string> {
    await desk.index.findNew(Infinity);
    const [group] = await desk.groups.groups({ scope: 'all-tenants' });
    return group?.signature ?? '';
  }

  it('finds one group for each cause, with what is inside, and takes nothing from the queue', async () => {
    await deadLetter(3);
    await deadLetter(2, { reason: 'body-invalid', tenant: 'other' });

    const found = await desk.index.findNew(Infinity);

    expect([found, await desk.index.findNew(Infinity)]).toEqual([5, 0]);
    const groups = await desk.groups.groups({ scope: 'all-tenants' });
    expect(groups.map(({ tenantId, waiting, facts, values, stores }) => [tenantId, waiting, facts.reason, facts.dependency, values, stores])).toEqual([
      ['acme', 3, 'stock-row-missing', 'inventory/work', [{ currency: 'GBP', minor: 300 }], [{ storeId: 's1', waiting: 3 }]],
      ['other', 2, 'body-invalid', 'inventory/work', [{ currency: 'GBP', minor: 200 }], [{ storeId: 's1', waiting: 2 }]],
    ]);
    expect((await desk.groups.groups({ scope: { tenantId: 'other' } })).map(({ tenantId }) => tenantId)).toEqual(['other']);
    expect(await desk.queues.peek(queue, 0n, 50)).toHaveLength(5);
    expect((await desk.groups.letters('all-tenants', { text: 'sale-1' }, 10)).map(({ bodyText }) => bodyText)).toEqual([
      expect.stringMatching(/sale-1.*"token":"\*\*\*"/), expect.stringMatching(/sale-1.*"token":"\*\*\*"/),
    ]);
  });

  it('replays to the subscription that failed only, with everything kept but the id', async () => {
    await deadLetter(8);
    const plan = await desk.make.make(select(await onlySignature()), ann);

    await desk.direct.start(plan.planId, ann);
    const [handled] = await Promise.all([handle(8), desk.run.run(plan, Date.now() + 20_000)]);

    expect(handled.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 8 }, (_, n) => `stock-row-missing-${n}~r1`));
    expect(handled[3]).toMatchObject({
      subject: 'inventory.commit-stock.v1', sessionId: 'p1', body: { saleId: 'sale-3', token: 'tok_secret' },
      applicationProperties: { odd: 3, tenant: 'acme', traceparent: '00-1-1-01', replayFor: 'inventory', replayOf: 'stock-row-missing-3' },
    });
    expect(Object.keys(handled[3]?.applicationProperties ?? {}).filter((name) => name.startsWith('failure-'))).toEqual([]);
    expect(await desk.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'done' });
    expect(await desk.plans.counts(plan.planId)).toEqual({ applied: 8 });
    expect(await desk.queues.peek(queue, 0n, 50)).toEqual([]);
    const audit = await client.createReceiver('stock', 'audit').peekMessages(50);
    expect(audit).toHaveLength(8);
    expect(audit.filter(({ applicationProperties }) => applicationProperties?.['replayOf'] !== undefined)).toEqual([]);
    expect(await desk.groups.groups({ scope: 'all-tenants' })).toEqual([]);
  });

  it('stops after the first message when the cause is still there', async () => {
    await deadLetter(20);
    const plan = await desk.make.make(select(await onlySignature()), ann);

    await desk.direct.start(plan.planId, ann);
    const [handled] = await Promise.all([handle(1, 'dead-letter'), desk.run.run(plan, Date.now() + 20_000)]);

    expect(handled).toHaveLength(1);
    expect(await desk.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'stopped', because: expect.stringContaining('failed again') as string });
    expect(await desk.plans.counts(plan.planId)).toEqual({ 'failed-again': 1, planned: 19 });
  });

  it('does not start while the breaker of what caused the failures is open, and stops when it opens', async () => {
    await deadLetter(5);
    const plan = await desk.make.make(select(await onlySignature()), ann);
    const open = { service: 'inventory', instance: 'i1', dependency: 'inventory/work', state: 'open', cause: 'failover', at: new Date() };

    await desk.reports.breakerChanged(open);

    await expect(desk.direct.start(plan.planId, ann)).rejects.toMatchObject({ code: 'breaker-open' });
    await desk.reports.breakerChanged({ ...open, state: 'closed', at: new Date() });
    await desk.direct.start(plan.planId, ann);
    await desk.reports.breakerChanged({ ...open, at: new Date(Date.now() + 1) });
    await desk.run.run(plan, Date.now() + 5_000);
    expect(await desk.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'stopped', because: expect.stringContaining('inventory/work (failover) is open') as string });
    expect(await desk.plans.counts(plan.planId)).toEqual({ planned: 5 });
  });

  it('keeps the messages of one sale in order, each after the one before has had its effect', async () => {
    await deadLetter(4, { saleOf: (n) => (n % 2 === 0 ? 'sale-even' : 'sale-odd') });
    const plan = await desk.make.make({ ...select(await onlySignature()), isRamped: false }, ann);

    await desk.direct.start(plan.planId, ann);
    const running = desk.run.run(plan, Date.now() + 20_000);
    await sleep(600);
    const before = await desk.plans.counts(plan.planId);
    await Promise.all([handle(4), running]);

    expect(before).toEqual({ sent: 2, planned: 2 });
    expect(await desk.plans.counts(plan.planId)).toEqual({ applied: 4 });
  });

  it('discards into an archive, and restores from it once', async () => {
    await deadLetter(2);
    const plan = await desk.make.make({ ...select(await onlySignature()), kind: 'discard', reason: 'test data' }, ann);
    await desk.direct.start(plan.planId, ann);
    await desk.run.run(plan, Date.now() + 10_000);
    const items = await desk.plans.items(plan.planId, ['discarded'], 10);
    const place = { ...queue, sequenceNumber: items[0]?.sequenceNumber ?? 0n };

    await desk.restore.restore(place, 'was needed after all', ann);

    expect(items).toHaveLength(2);
    expect((await handle(1)).map(({ messageId }) => messageId)).toEqual(['stock-row-missing-0~r1']);
    await expect(desk.restore.restore(place, 'again', ann)).rejects.toMatchObject({ code: 'already-restored' });
  });

  it('asks for a second person where money can move', async () => {
    await deadLetter(1_001);
    const plan = await desk.make.make(select(await onlySignature()), ann);

    await expect(desk.direct.start(plan.planId, ann)).rejects.toMatchObject({ code: 'approval-needed' });
    await expect(desk.direct.approve(plan.planId, ann)).rejects.toMatchObject({ code: 'not-permitted' });
    const own = await desk.make.make(select(await onlySignature()), bea);
    await expect(desk.direct.approve(own.planId, bea)).rejects.toMatchObject({ code: 'approval-by-same-person' });
    await desk.direct.approve(plan.planId, bea);
    expect(await desk.direct.start(plan.planId, ann)).toMatchObject({ state: 'running', approvedBy: 'bea' });
  });

  it('writes down who did what, and shows an entry that was changed', async () => {
    await deadLetter(3);
    const plan = await desk.make.make(select(await onlySignature()), ann);
    await desk.direct.start(plan.planId, ann);
    await Promise.all([handle(3), desk.run.run(plan, Date.now() + 20_000)]);

    expect(await verifyAudit(desk.audit)).toEqual({ entries: 6 });
    await tamper(server.connectionString);
    expect(await verifyAudit(desk.audit)).toMatchObject({ broken: { number: 3, because: expect.stringContaining('changed') as string } });
  });

  it.each(['after marking', 'after sending', 'after removing'])('has each effect once when it is killed %s', async (where) => {
    await deadLetter(10);
    const plan = await desk.make.make({ ...select(await onlySignature()), isRamped: false }, ann);
    await desk.direct.start(plan.planId, ann);
    const dying = assemble(client, database, where);

    await expect(dying.run.run(plan, Date.now() + 10_000)).rejects.toThrow('killed');
    const [handled] = await Promise.all([handle(10), desk.run.run(plan, Date.now() + 25_000)]);

    // Sent twice at worst under one id: duplicate detection or the inbox takes the second for what it is.
    expect(new Set(handled.map(({ messageId }) => messageId)).size).toBe(10);
    expect(await desk.plans.counts(plan.planId)).toEqual({ applied: 10 });
    expect(await desk.queues.peek(queue, 0n, 50)).toEqual([]);
  });
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function assemble(client: ServiceBusClient, database: Database, dieAt?: string) {
  const queues = new ServiceBusQueues(client, [queue]);
  const now = (): Date => new Date();
  const audit = new SqlAudit(database);
  const groups = new SqlIndex(database);
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
    queues, groups, plans, reports, audit,
    index: new IndexDeadLetters(queues, groups),
    make: new MakePlan(groups, plans, now, randomUUID),
    direct: new DirectPlan(plans, reports, now),
    restore: new RestoreDiscarded(archive, queues, audit, now),
    run: new RunPlan({ queues, plans, reports, archive, now, pause: (ms) => sleep(ms), limits: { pollMs: 50 } }),
  };
}

async function tamper(connectionString: string): Promise<void> {
  const other = Database.open({ connectionString, name: 'tamper', logger: silent });
  const { sql } = await import('@checkout/sql');
  await other.commit(sql`UPDATE audit SET actor = N'mallory' WHERE number = 3;`);
  await other.close();
}
