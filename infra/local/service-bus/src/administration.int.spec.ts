import { ServiceBusClient, type ServiceBusAdministrationClient } from '@azure/service-bus';
import { startServiceBus } from './server.ts';
import { administrationOf, startTestBus, temporaryDirectory, type TestBus, topologyOf } from './testing/bus.ts';

let test: TestBus;
let admin: ServiceBusAdministrationClient;

beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'declared', Properties: { LockDuration: 'PT30S' } }], [{ Name: 'news', Subscriptions: [{ Name: 'all' }] }]));
  admin = administrationOf(test.bus);
});
afterAll(() => test[Symbol.asyncDispose]());

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('the administration client', () => {
  it('reads the namespace and what the topology declares', async () => {
    expect(await admin.getNamespaceProperties()).toMatchObject({ name: 'local', messagingSku: 'Standard' });
    expect(await admin.getQueue('declared')).toMatchObject({ name: 'declared', lockDuration: 'PT30S', maxDeliveryCount: 10, requiresSession: false, status: 'Active' });
    expect(await admin.getSubscription('news', 'all')).toMatchObject({ topicName: 'news', subscriptionName: 'all' });
    expect((await all(admin.listTopics())).map(({ name }) => name)).toContain('news');
  });

  it('makes, uses, changes and removes a queue', async () => {
    // when made
    const made = await admin.createQueue('made', { requiresSession: true, lockDuration: 'PT10S', forwardDeadLetteredMessagesTo: 'declared', userMetadata: 'a <b> & "c"' });
    expect(made).toMatchObject({ name: 'made', requiresSession: true, lockDuration: 'PT10S', forwardDeadLetteredMessagesTo: 'declared', userMetadata: 'a <b> & "c"' });
    await test.client.createSender('made').sendMessages({ body: 1, sessionId: 's' });
    const receiver = await test.client.acceptNextSession('made');
    expect(await receiver.receiveMessages(1)).toHaveLength(1);
    await receiver.close();

    // when changed
    const changed = await admin.updateQueue({ ...made, maxDeliveryCount: 3, status: 'SendDisabled' });
    expect(changed).toMatchObject({ maxDeliveryCount: 3, status: 'SendDisabled' });
    await expect(test.client.createSender('made').sendMessages({ body: 1, sessionId: 's' })).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });

    // when removed
    await admin.deleteQueue('made');
    expect(await admin.queueExists('made')).toBe(false);
    await expect(test.newClient().createSender('made').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await admin.createQueue('made');
    expect((await admin.getQueueRuntimeProperties('made')).totalMessageCount).toBe(0);
  });

  it('makes a topic with subscriptions and their rules', async () => {
    // given
    await admin.createTopic('sales');
    await admin.createSubscription('sales', 'large', {
      defaultRuleOptions: { name: 'size', filter: { sqlExpression: 'total > 100' }, action: { sqlExpression: "SET tag = 'large'" } },
    });
    await admin.createSubscription('sales', 'mine');

    // when
    await admin.createRule('sales', 'mine', 'tenant', { subject: 'sold', applicationProperties: { tenant: 'a', vip: true, level: 2 } });
    await admin.deleteRule('sales', 'mine', '$Default');
    await test.client.createSender('sales').sendMessages([
      { body: 1, applicationProperties: { total: 200 } },
      { body: 2, subject: 'sold', applicationProperties: { total: 1, tenant: 'a', vip: true, level: 2 } },
    ]);

    // then
    expect((await all(admin.listRules('sales', 'mine'))).map(({ name, filter }) => ({ name, filter }))).toEqual([
      { name: 'tenant', filter: expect.objectContaining({ subject: 'sold', applicationProperties: { tenant: 'a', vip: true, level: 2 } }) as unknown },
    ]);
    expect(await admin.getRule('sales', 'large', 'size')).toMatchObject({ filter: { sqlExpression: 'total > 100' }, action: { sqlExpression: "SET tag = 'large'" } });
    for (const [name, body] of [['large', 1], ['mine', 2]] as const) {
      expect((await admin.getSubscriptionRuntimeProperties('sales', name)).activeMessageCount).toBe(1);
      const receiver = test.client.createReceiver('sales', name);
      expect((await receiver.peekMessages(5)).map((message) => message.body as unknown)).toEqual([body]);
      await receiver.close();
    }
    expect(await admin.getTopicRuntimeProperties('sales')).toMatchObject({ name: 'sales', subscriptionCount: 2 });
    const rule = await admin.getRule('sales', 'large', 'size');
    await admin.updateRule('sales', 'large', { ...rule, filter: { sqlExpression: 'total > 999' } });
    expect((await admin.getRule('sales', 'large', 'size')).filter).toEqual(expect.objectContaining({ sqlExpression: 'total > 999' }));

    // when removed, its subscriptions go with it
    await admin.deleteTopic('sales');
    expect(await admin.subscriptionExists('sales', 'mine')).toBe(false);
  });

  it('counts active, scheduled and dead-lettered messages', async () => {
    await admin.createQueue('counted');
    const sender = test.client.createSender('counted');
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    await sender.scheduleMessages({ body: 3 }, new Date(Date.now() + 60_000));
    const receiver = test.client.createReceiver('counted');
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.deadLetterMessage(message);
    expect(await admin.getQueueRuntimeProperties('counted')).toMatchObject({ totalMessageCount: 3, activeMessageCount: 1, scheduledMessageCount: 1, deadLetterMessageCount: 1 });
    await receiver.close();
  });

  it('pages through many entities', async () => {
    for (let index = 0; index < 7; index += 1) await admin.createQueue(`many-${index}`);
    const pages = [];
    for await (const page of admin.listQueues().byPage({ maxPageSize: 3 })) pages.push(page.length);
    expect(pages.length).toBeGreaterThanOrEqual(3);
    expect((await all(admin.listQueues())).filter(({ name }) => name.startsWith('many-'))).toHaveLength(7);
  });

  it.each([
    ['what exists already', () => admin.createQueue('declared'), 'MessageEntityAlreadyExistsError'],
    ['what is not there', () => admin.deleteQueue('nowhere'), 'MessageEntityNotFoundError'],
    ['a subscription without its topic', () => admin.createSubscription('nowhere', 's'), 'MessageEntityNotFoundError'],
    ['a name that is none', () => admin.createQueue('a b'), 'ServiceError'],
    ['partitions', () => admin.createQueue('parts', { enablePartitioning: true }), 'ServiceError'],
    ['a forward into nothing', () => admin.createQueue('lost', { forwardTo: 'nowhere' }), 'ServiceError'],
    ['a filter that cannot be read', () => admin.createRule('news', 'all', 'bad', { sqlExpression: 'a ~ 1' }), 'ServiceError'],
    ['a property that is fixed', async () => admin.updateQueue({ ...(await admin.getQueue('declared')), requiresSession: true }), 'ServiceError'],
  ])('is refused %s', async (_what, attempt, code) => {
    await expect(attempt()).rejects.toMatchObject({ code });
  });

  it('is refused without the key when there is one', async () => {
    await using closed = await startTestBus(topologyOf([{ Name: 'q' }]), { accessKeys: { owner: 'secret' } });
    expect(await administrationOf(closed.bus).queueExists('q')).toBe(true);
    const wrong = closed.bus.connectionString.replace('=secret', '=guess');
    await expect(administrationOf(closed.bus, wrong).getQueue('q')).rejects.toMatchObject({ code: 'UnauthorizedRequestError' });
  });

  it('finds what it made after a restart', async () => {
    // given
    const directory = temporaryDirectory();
    const topology = topologyOf([{ Name: 'first' }, { Name: 'second' }]);
    {
      await using bus = await startServiceBus({ directory: directory.path, topology });
      const before = administrationOf(bus);
      await before.createQueue('third', { maxDeliveryCount: 2 });
      await before.deleteQueue('second');
      const client = new ServiceBusClient(bus.connectionString);
      await client.createSender('third').sendMessages({ body: 1 });
      await client.close();
    }

    // when
    await using bus = await startServiceBus({ directory: directory.path, topology });

    // then
    expect((await all(administrationOf(bus).listQueues())).map(({ name }) => name).toSorted()).toEqual(['first', 'third']);
    expect((await administrationOf(bus).getQueueRuntimeProperties('third')).activeMessageCount).toBe(1);
    directory.remove();
  });

  it.each(['', '<entry', '<entry></feed>', '<a>'.repeat(100), '<entry><content><Nonsense/></content></entry>'])('answers 400 to a body like %j', async (body) => {
    const response = await fetch(`http://localhost:${test.bus.port}/some?api-version=2021-05`, { method: 'PUT', body });
    expect(response.status).toBe(400);
  });
});
