import type { ServiceBusReceiver } from '@azure/service-bus';
import { startTestBus, sleep, type TestBus, topologyOf } from './testing/bus.ts';
import type { RuleConfig } from './topology.ts';

const sql = (expression: string): readonly RuleConfig[] => [{ Name: 'rule', Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: expression } } }];
const replay = (name: string): readonly RuleConfig[] => sql(`replayFor IS NULL OR replayFor = '${name}'`);

let test: TestBus;

beforeAll(async () => {
  test = await startTestBus(topologyOf([], [
    { Name: 'replies', Subscriptions: [{ Name: 'orchestrator', Rules: replay('orchestrator') }, { Name: 'journal', Rules: replay('journal') }] },
    {
      Name: 'events', Subscriptions: [
        { Name: 'refunds', Rules: [{ Name: 'r', Properties: { FilterType: 'Correlation', CorrelationFilter: { Label: 'sale.refunded', Properties: { tenant: 'a' } } } }] },
        { Name: 'large', Rules: sql("total >= 100 AND currency IN ('EUR', 'CHF')") },
        { Name: 'all' },
      ],
    },
    { Name: 'later', Subscriptions: [{ Name: 'one' }, { Name: 'two' }] },
    { Name: 'changing', Subscriptions: [{ Name: 'one' }] },
  ]));
});
afterAll(() => test[Symbol.asyncDispose]());

async function bodiesOf(receiver: ServiceBusReceiver): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(50, { maxWaitTimeInMs: 60 });
    if (messages.length === 0) break;
    bodies.push(...messages.map(({ body }) => body as unknown));
  }
  await receiver.close();
  return bodies;
}

const taken = (topic: string, subscription: string): Promise<unknown[]> => bodiesOf(test.client.createReceiver(topic, subscription, { receiveMode: 'receiveAndDelete' }));

describe('topics', () => {
  it('copies to every subscription, and a replayed message to its own only', async () => {
    // when
    await test.client.createSender('replies').sendMessages([
      { body: 'for all' },
      { body: 'again for the journal', applicationProperties: { replayFor: 'journal' } },
    ]);

    // then
    expect(await taken('replies', 'orchestrator')).toEqual(['for all']);
    expect(await taken('replies', 'journal')).toEqual(['for all', 'again for the journal']);
  });

  it('filters by correlation and by SQL', async () => {
    // when
    await test.client.createSender('events').sendMessages([
      { body: 1, subject: 'sale.refunded', applicationProperties: { tenant: 'a', total: 5, currency: 'EUR' } },
      { body: 2, subject: 'sale.refunded', applicationProperties: { tenant: 'b', total: 100, currency: 'EUR' } },
      { body: 3, subject: 'sale.completed', applicationProperties: { tenant: 'a', total: 250.5, currency: 'USD' } },
      { body: 4 },
    ]);

    // then
    expect(await taken('events', 'refunds')).toEqual([1]);
    expect(await taken('events', 'large')).toEqual([2]);
    expect(await taken('events', 'all')).toEqual([1, 2, 3, 4]);
  });

  it('changes rules at run time', async () => {
    // given
    const rules = test.client.createRuleManager('changing', 'one');
    const sender = test.client.createSender('changing');

    // when
    await rules.deleteRule('$Default');
    await sender.sendMessages({ body: 'nobody wants it' });
    await rules.createRule('red', { sqlExpression: "colour = 'red'" });
    await rules.createRule('by label', { subject: 'urgent', applicationProperties: { size: 3 } });
    await sender.sendMessages([{ body: 'red', applicationProperties: { colour: 'red' } }, { body: 'blue', applicationProperties: { colour: 'blue' } }, { body: 'urgent', subject: 'urgent', applicationProperties: { size: 3 } }]);

    // then
    const listed = [];
    for await (const rule of rules.listRules()) listed.push(rule);
    expect(listed.map(({ name }) => name)).toEqual(['by label', 'red']);
    expect(listed[1]?.filter).toEqual({ sqlExpression: "colour = 'red'" });
    await expect(rules.createRule('red', { sqlExpression: '1=1' })).rejects.toMatchObject({ code: 'MessagingEntityAlreadyExists' });
    await expect(rules.createRule('broken', { sqlExpression: 'colour ~ 1' })).rejects.toThrow(/unexpected character/);
    expect(await taken('changing', 'one')).toEqual(['red', 'urgent']);
  });
});

describe('scheduling', () => {
  it('delivers to the subscriptions when the time comes, and not what was cancelled', async () => {
    // given
    const sender = test.client.createSender('later');
    const due = new Date(Date.now() + 400);

    // when
    const [, second] = await sender.scheduleMessages([{ body: 'kept' }, { body: 'cancelled' }], due);
    if (second) await sender.cancelScheduledMessages(second);

    // then
    expect(await taken('later', 'one')).toEqual([]);
    await sleep(Math.max(0, due.getTime() - Date.now()) + 50);
    expect(await taken('later', 'one')).toEqual(['kept']);
    expect(await taken('later', 'two')).toEqual(['kept']);
    if (second) await expect(sender.cancelScheduledMessages(second)).rejects.toMatchObject({ code: 'MessageNotFound' });
  });

  it('delivers at once what is scheduled for the past', async () => {
    await test.client.createSender('later').sendMessages({ body: 'now', scheduledEnqueueTimeUtc: new Date(Date.now() - 1000) });
    expect(await taken('later', 'one')).toEqual(['now']);
  });
});

describe('faults', () => {
  it('answers server-busy as often as asked', async () => {
    // given
    await fetch(`http://localhost:${test.bus.port}/faults`, { method: 'POST', body: JSON.stringify({ serverBusySends: 1 }) });
    const sender = test.client.createSender('replies');

    // then
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'ServiceBusy' });
    await sender.sendMessages({ body: 2 });
  });

  it('keeps a subscriber receiving through a forced detach', async () => {
    // given
    const receiver = test.client.createReceiver('events', 'all', { receiveMode: 'receiveAndDelete' });
    const bodies: unknown[] = [];
    const subscription = receiver.subscribe({ processMessage: async ({ body }) => { await Promise.resolve(); bodies.push(body); }, processError: () => Promise.resolve() });
    await sleep(100);

    // when
    test.bus.applyFaults({ detachLinks: 'events/Subscriptions/all' });
    await sleep(100);
    await test.client.createSender('events').sendMessages({ body: 'after' });

    // then
    for (let waited = 0; bodies.length === 0 && waited < 3000; waited += 50) await sleep(50);
    expect(bodies).toEqual(['after']);
    await subscription.close();
    await receiver.close();
  });

  it('drops every message on reset and reports what is where', async () => {
    await test.client.createSender('later').sendMessages([{ body: 1 }, { body: 2 }]);
    const counts = async (): Promise<unknown> => ((await (await fetch(`http://localhost:${test.bus.port}/entities`)).json()) as Record<string, unknown>)['later/Subscriptions/two'];
    expect(await counts()).toMatchObject({ active: 3 });
    await fetch(`http://localhost:${test.bus.port}/reset`, { method: 'POST' });
    expect(await counts()).toMatchObject({ active: 0 });
    expect((await fetch(`http://localhost:${test.bus.port}/health`)).status).toBe(200);
  });
});
