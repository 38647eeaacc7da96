import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { DuplicateHistory } from './duplicate-history.ts';
import { limits } from './limits.ts';
import { startServiceBus } from './server.ts';
import { startTestBus, temporaryDirectory, type TestBus, topologyOf } from './testing/bus.ts';
import { propertyValue } from './wire/encode.ts';

let test: TestBus;
beforeAll(async () => {
  test = await startTestBus(topologyOf([
    { Name: 'plain', Properties: { LockDuration: 'PT0.2S' } }, { Name: 'grouped', Properties: { RequiresSession: true } },
    { Name: 'forwards', Properties: { ForwardTo: 'grouped' } },
  ], [
    { Name: 'news', Subscriptions: [{ Name: 'sessions', Properties: { RequiresSession: true } }, { Name: 'all' }] },
    { Name: 'small', Properties: { MaxSizeInMegabytes: 0.01 }, Subscriptions: [{ Name: 'a' }, { Name: 'b' }] },
    { Name: 'ruled', Subscriptions: [{ Name: 'one' }] },
  ]));
});
afterAll(() => test[Symbol.asyncDispose]());

async function peeked(queue: string, subscription: string, subQueueType?: 'deadLetter'): Promise<unknown[]> {
  const receiver = test.client.createReceiver(queue, subscription, subQueueType ? { subQueueType } : {});
  const found = await receiver.peekMessages(10);
  await receiver.close();
  return found.map(({ body }) => body as unknown);
}

const differences: Readonly<Record<string, () => Promise<void> | void>> = {
  'Tokens without keys': async () => {
    const client = new ServiceBusClient(`Endpoint=sb://localhost:${test.bus.port};SharedAccessKeyName=nobody;SharedAccessKey=nothing;UseDevelopmentEmulator=true;`);
    await client.createSender('plain').sendMessages({ body: 1 });
    await client.close();
  },

  'Rights of one key on several entities': async () => {
    const grants = [{ right: 'Send', entity: 'news' }, { right: 'Listen', entity: 'ruled/Subscriptions/one' }] as const;
    await using held = await startTestBus(topologyOf([], [{ Name: 'news' }, { Name: 'ruled', Subscriptions: [{ Name: 'one' }] }]), { access: [{ name: 'till', key: 'secret', grants }] });
    await held.client.createSender('news').sendMessages({ body: 1 });
    await held.client.createReceiver('ruled', 'one').peekMessages(1);
    await expect(held.client.createSender('ruled').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
  },

  'Locks end with the process': async () => {
    const directory = temporaryDirectory();
    const counts: unknown[] = [];
    for (let start = 0; start < 2; start += 1) {
      await using bus = await startServiceBus({ directory: directory.path, topology: topologyOf([{ Name: 'q' }]) });
      const client = new ServiceBusClient(bus.connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 2000 } });
      if (start === 0) await client.createSender('q').sendMessages({ body: 1 });
      const [message] = await client.createReceiver('q', { maxAutoLockRenewalDurationInMs: 0 }).receiveMessages(1, { maxWaitTimeInMs: 2000 });
      counts.push(message?.deliveryCount);
      await client.close();
    }
    expect(counts).toEqual([0, 0]);
    directory.remove();
  },

  'Rules change at once': async () => {
    await test.client.createRuleManager('ruled', 'one').deleteRule('$Default');
    await test.client.createSender('ruled').sendMessages({ body: 1 });
    expect(await peeked('ruled', 'one')).toEqual([]);
  },

  'Longest available session first': async () => {
    await test.client.createSender('grouped').sendMessages(['z', 'a'].map((sessionId) => ({ body: 1, sessionId })));
    const receiver = await test.client.acceptNextSession('grouped');
    expect(receiver.sessionId).toBe('z');
    await receiver.close();
  },

  'Short locks': async () => {
    await test.client.createSender('plain').sendMessages({ body: 1 });
    const [message] = await test.client.createReceiver('plain', { maxAutoLockRenewalDurationInMs: 0 }).receiveMessages(1);
    expect((message?.lockedUntilUtc?.getTime() ?? 0) - Date.now()).toBeLessThan(5000);
  },

  'No session id on a topic': async () => {
    await test.client.createSender('news').sendMessages({ body: 'no session' });
    expect(await peeked('news', 'sessions', 'deadLetter')).toEqual(['no session']);
    expect(await peeked('news', 'all')).toEqual(['no session']);
  },

  'No transfer dead-letter queue': async () => {
    const transfer = test.newClient().createReceiver('plain', { subQueueType: 'transferDeadLetter' });
    await expect(transfer.peekMessages(1)).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await test.client.createSender('forwards').sendMessages({ body: 'cannot go on' });
    const dead = test.client.createReceiver('grouped', { subQueueType: 'deadLetter' });
    expect((await dead.peekMessages(1))[0]?.deadLetterReason).toBe('Session ID is null.');
    await dead.close();
  },

  'Remembered ids': () => {
    const history = new DuplicateHistory();
    for (let id = 0; id <= limits.duplicateIds + 1; id += 1) history.isRepeated(String(id), 1000, 60_000);
    expect(history.isRepeated('0', 1001, 60_000)).toBe(false);
    expect(history.isRepeated(String(limits.duplicateIds), 1001, 60_000)).toBe(true);
  },

  'Fullness of a topic': async () => {
    const sender = test.client.createSender('small');
    // Two copies of 6 KB are more than the 10 KB of the topic, each alone is not.
    await sender.sendMessages({ body: 'x'.repeat(6000) });
    await sender.sendMessages({ body: 'x'.repeat(6000) });
    await expect(sender.sendMessages({ body: 'x' })).rejects.toMatchObject({ code: 'QuotaExceeded' });
  },

  'Whole numbers become longs': () => {
    expect(propertyValue(5).readUInt8(0)).toBe(0x81);
  },

  'Any number of entities and connections': async () => {
    await using large = await startTestBus(topologyOf(Array.from({ length: 500 }, (_unused, index) => ({ Name: `q${index}` }))));
    const clients = Array.from({ length: 300 }, () => large.newClient());
    await Promise.all(clients.map((client, index) => client.createSender(`q${index}`).sendMessages({ body: index })));
  },

  'Division by zero is unknown': async () => {
    const rules = test.client.createRuleManager('news', 'all');
    await rules.createRule('zero', { sqlExpression: '1 / zero = 1' });
    await rules.deleteRule('$Default');
    await test.client.createSender('news').sendMessages({ body: 'divided', sessionId: 's', applicationProperties: { zero: 0 } });
    expect(await peeked('news', 'all')).not.toContain('divided');
  },

  'Doubles without a fraction': async () => {
    await test.client.createRuleManager('news', 'all').createRule('halved', { sqlExpression: '7.0 / 2 = 3' });
    await test.client.createSender('news').sendMessages({ body: 'halved', sessionId: 's' });
    expect(await peeked('news', 'all')).toContain('halved');
  },
};

describe('DIFFERENCES.md', () => {
  it.each(Object.entries(differences))('%s', async (_name, show) => { await show(); }, 20_000);

  it('names each of these and nothing else', () => {
    const page = readFileSync(join(import.meta.dirname, '../DIFFERENCES.md'), 'utf8');
    expect([...page.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name]) => name)).toEqual(Object.keys(differences));
  });
});
