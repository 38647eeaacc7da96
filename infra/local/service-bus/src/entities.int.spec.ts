import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { startServiceBus } from './server.ts';
import { startTestBus, sleep, temporaryDirectory, type TestBus, topologyOf } from './testing/bus.ts';
import type { RuleConfig } from './topology.ts';

const rule = (name: string, sql: string, action?: string): RuleConfig => ({
  Name: name, Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: sql }, ...(action === undefined ? {} : { Action: { SqlExpression: action } }) },
});

const topology = topologyOf([
  { Name: 'once', Properties: { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: 'PT0.5S' } },
  { Name: 'once-long', Properties: { RequiresDuplicateDetection: true } },
  { Name: 'entrance', Properties: { ForwardTo: 'hall' } },
  { Name: 'hall' },
  { Name: 'morgue' },
  { Name: 'mortal', Properties: { ForwardDeadLetteredMessagesTo: 'morgue', MaxDeliveryCount: 1 } },
  { Name: 'ring-1', Properties: { ForwardTo: 'ring-2' } },
  { Name: 'ring-2', Properties: { ForwardTo: 'ring-1' } },
  { Name: 'tiny', Properties: { MaxSizeInMegabytes: 0.01 } },
  { Name: 'shut', Properties: { Status: 'SendDisabled' } },
  { Name: 'deaf', Properties: { Status: 'ReceiveDisabled' } },
  { Name: 'plain' },
], [
  {
    Name: 'sales', Subscriptions: [
      { Name: 'marked', Rules: [rule('a', "colour = 'red'", "SET colour = 'RED'; SET total = total * 2; SET sys.Label = 'hot'; REMOVE secret"), rule('b', 'total > 1', 'SET big = TRUE'), rule('c', '1=1'), rule('d', '2=2')] },
      { Name: 'on', Properties: { ForwardTo: 'hall' } },
    ],
  },
  { Name: 'single', Properties: { RequiresDuplicateDetection: true }, Subscriptions: [{ Name: 'all' }] },
]);

let test: TestBus;
beforeAll(async () => { test = await startTestBus(topology); });
afterAll(() => test[Symbol.asyncDispose]());

async function taken(client: ServiceBusClient, queue: string, subscription?: string, deadLetters = false): Promise<ServiceBusReceivedMessage[]> {
  const options = { receiveMode: 'receiveAndDelete', ...(deadLetters ? { subQueueType: 'deadLetter' as const } : {}) } as const;
  const receiver = subscription === undefined ? client.createReceiver(queue, options) : client.createReceiver(queue, subscription, options);
  const found: ServiceBusReceivedMessage[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(50, { maxWaitTimeInMs: 60 });
    if (messages.length === 0) break;
    found.push(...messages);
  }
  await receiver.close();
  return found;
}

const bodies = (messages: readonly ServiceBusReceivedMessage[]): unknown[] => messages.map(({ body }) => body as unknown);

describe('duplicate detection', () => {
  it('accepts and drops what was sent within the window, also in one batch and when scheduled', async () => {
    // given
    const sender = test.client.createSender('once-long');

    // when
    await sender.sendMessages([{ body: 1, messageId: 'a' }, { body: 2, messageId: 'b' }, { body: 3, messageId: 'a' }]);
    await sender.sendMessages({ body: 4, messageId: 'b' });
    await sender.scheduleMessages({ body: 5, messageId: 'c' }, new Date(Date.now() + 60_000));
    await sender.sendMessages({ body: 6, messageId: 'c' });

    // then
    expect(bodies(await taken(test.client, 'once-long'))).toEqual([1, 2]);
  });

  it('holds for a whole topic', async () => {
    const sender = test.client.createSender('single');
    for (const body of [1, 2]) await sender.sendMessages({ body, messageId: 'same' });
    expect(bodies(await taken(test.client, 'single', 'all'))).toEqual([1]);
  });

  it('forgets when the window is over', async () => {
    const sender = test.client.createSender('once');
    await sender.sendMessages({ body: 1, messageId: 'a' });
    await sleep(600);
    await sender.sendMessages({ body: 2, messageId: 'a' });
    expect(bodies(await taken(test.client, 'once'))).toEqual([1, 2]);
  });

  it('survives a restart', async () => {
    // given
    const directory = temporaryDirectory();
    const send = async (body: number): Promise<unknown[]> => {
      await using bus = await startServiceBus({ directory: directory.path, topology });
      const client = new ServiceBusClient(bus.connectionString);
      await client.createSender('once-long').sendMessages({ body, messageId: 'a' });
      const found = bodies(await taken(client, 'once-long'));
      await client.close();
      return found;
    };

    // then
    expect(await send(1)).toEqual([1]);
    expect(await send(2)).toEqual([]);
    directory.remove();
  });
});

describe('rule actions', () => {
  it('change the copy of the subscription; rules without one share a copy', async () => {
    // when
    await test.client.createSender('sales').sendMessages({ body: 1, subject: 'cold', applicationProperties: { Colour: 'red', total: 2, secret: 'x' } });

    // then
    const copies = await taken(test.client, 'sales', 'marked');
    expect(copies.map(({ subject, applicationProperties }) => ({ subject, ...applicationProperties }))).toEqual([
      { subject: 'hot', RuleName: 'a', Colour: 'RED', total: 4 },
      { subject: 'cold', RuleName: 'b', Colour: 'red', total: 2, secret: 'x', big: true },
      { subject: 'cold', Colour: 'red', total: 2, secret: 'x' },
    ]);
    expect(bodies(copies)).toEqual([1, 1, 1]);
    await taken(test.client, 'hall');
  });

  it('can be added and listed through the rule manager', async () => {
    const rules = test.client.createRuleManager('single', 'all');
    await rules.createRule('acting', { sqlExpression: '1=1' }, { sqlExpression: 'SET a = 1' });
    const listed = [];
    for await (const each of rules.listRules()) listed.push(each);
    expect(listed.find(({ name }) => name === 'acting')?.action).toEqual({ sqlExpression: 'SET a = 1' });
    await expect(rules.createRule('broken', { sqlExpression: '1=1' }, { sqlExpression: 'UPDATE a = 1' })).rejects.toThrow(/needs SET or REMOVE/);
    await rules.deleteRule('acting');
  });
});

describe('forwarding', () => {
  it('takes messages on, from queues and from subscriptions', async () => {
    await test.client.createSender('entrance').sendMessages({ body: 'queue' });
    await test.client.createSender('sales').sendMessages({ body: 'subscription' });
    expect(bodies(await taken(test.client, 'hall'))).toEqual(['queue', 'subscription']);
    await expect(test.client.createReceiver('entrance').receiveMessages(1, { maxWaitTimeInMs: 100 })).rejects.toThrow(/forwards its messages/);
  });

  it('takes dead letters on, and says where they come from', async () => {
    // given
    await test.client.createSender('mortal').sendMessages({ body: 'x' });
    const receiver = test.client.createReceiver('mortal');
    const [message] = await receiver.receiveMessages(1);

    // when
    if (message) await receiver.abandonMessage(message);

    // then
    const [dead] = await taken(test.client, 'morgue');
    expect(dead).toMatchObject({ body: 'x', deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterSource: 'mortal' });
    await receiver.close();
  });

  it('ends after four hops', async () => {
    await test.client.createSender('ring-1').sendMessages({ body: 'round' });
    const [dead] = await taken(test.client, 'ring-1', undefined, true);
    expect(dead).toMatchObject({ body: 'round', deadLetterReason: 'MaxTransferHopCountExceeded' });
  });

  it.each([
    ['nowhere', [{ Name: 'a', Properties: { ForwardTo: 'b' } }], /no queue or topic/],
    ['itself', [{ Name: 'a', Properties: { ForwardTo: 'a' } }], /itself/],
    ['from sessions', [{ Name: 'a', Properties: { ForwardTo: 'b', RequiresSession: true } }, { Name: 'b' }], /cannot forward/],
  ])('is refused at start when it leads %s', async (_where, queues, reason) => {
    await expect(startTestBus(topologyOf(queues))).rejects.toThrow(reason);
  });
});

describe('quotas and status', () => {
  it('refuses what does not fit the entity, and takes it again when there is room', async () => {
    const sender = test.client.createSender('tiny');
    await sender.sendMessages({ body: 'x'.repeat(11_000) });
    await expect(sender.sendMessages({ body: 'one more' })).rejects.toMatchObject({ code: 'QuotaExceeded' });
    await taken(test.client, 'tiny');
    await sender.sendMessages({ body: 'one more' });
  });

  it('refuses application properties of more than 64 KB', async () => {
    const applicationProperties = { large: 'x'.repeat(65 * 1024) };
    await expect(test.client.createSender('plain').sendMessages({ body: 1, applicationProperties })).rejects.toThrow(/ArgumentError.*65536/);
  });

  it('keeps to the status of an entity', async () => {
    await expect(test.client.createSender('shut').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
    await expect(test.client.createReceiver('deaf').receiveMessages(1, { maxWaitTimeInMs: 100 })).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
  });
});

describe('shared access keys', () => {
  it('let in who has one, and nobody else', async () => {
    await using closed = await startTestBus(topologyOf([{ Name: 'plain' }]), { accessKeys: { owner: 'secret' } });
    const { port, connectionString } = closed.bus;
    const attempt = async (connection: string): Promise<unknown> => {
      const client = new ServiceBusClient(connection, { retryOptions: { maxRetries: 0 } });
      return client.createSender('plain').sendMessages({ body: 1 }).then(() => 'sent', (error: { code?: string }) => error.code).finally(() => client.close());
    };
    const withKey = (name: string, key: string): string => `Endpoint=sb://localhost:${port};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true;`;
    expect(await attempt(connectionString)).toBe('sent');
    expect(await attempt(withKey('owner', 'wrong'))).toBe('UnauthorizedAccess');
    expect(await attempt(withKey('nobody', 'secret'))).toBe('UnauthorizedAccess');
  });
});
