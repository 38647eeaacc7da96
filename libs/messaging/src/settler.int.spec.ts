import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { type ServiceBus, startServiceBus } from '@checkout/local-service-bus';
import { Settler } from './settler.ts';
import type { Settlement } from './settle.ts';

let directory: string;
let bus: ServiceBus;
let client: ServiceBusClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkout-settler-'));
  bus = await startServiceBus({ directory, topology: { UserConfig: { Namespaces: [{ Name: 'tests', Queues: [{ Name: 'commands' }] }] } } });
  client = new ServiceBusClient(bus.connectionString);
}, 20_000);
afterAll(async () => {
  await client.close();
  await bus.close();
  await rm(directory, { recursive: true, force: true });
}, 20_000);

/** As many neighbours of different kinds as a batch brings, in an order in which each kind has each other kind before and behind it. */
const kinds = ['complete', 'dead-letter', 'complete', 'abandon', 'dead-letter', 'dead-letter', 'abandon', 'abandon', 'complete', 'complete'] as const;

const settlementOf = (kind: (typeof kinds)[number], index: number): Exclude<Settlement, { settle: 'release' }> => {
  switch (kind) {
    case 'complete':
      return { settle: 'complete' };
    case 'abandon':
      return { settle: 'abandon', because: undefined };
    case 'dead-letter':
      return { settle: 'dead-letter', reason: `reason ${index}`, description: 'asked for' };
  }
};

it('ends each of many different settlements asked for in one tick as it was asked, where the client alone would mix them up', async () => {
  // given
  await client.createSender('commands').sendMessages(kinds.map((body, index) => ({ body, messageId: String(index) })));
  const receiver = client.createReceiver('commands', { maxAutoLockRenewalDurationInMs: 0 });
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < kinds.length) messages.push(...await receiver.receiveMessages(kinds.length - messages.length));
  const settler = new Settler(receiver);

  // when
  await Promise.all(messages.map((message, index) => settler.settle(message, settlementOf(kinds[index] ?? 'complete', index))));

  // then
  const left = await receiver.peekMessages(20);
  expect(left.map(({ messageId, deliveryCount }) => [messageId, deliveryCount])).toEqual([['3', 1], ['6', 1], ['7', 1]]);
  const dead = await client.createReceiver('commands', { subQueueType: 'deadLetter' }).peekMessages(20);
  expect(dead.map(({ messageId, deadLetterReason }) => [messageId, deadLetterReason])).toEqual([['1', 'reason 1'], ['4', 'reason 4'], ['5', 'reason 5']]);
});
