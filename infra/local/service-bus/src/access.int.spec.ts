import { ServiceBusClient } from '@azure/service-bus';
import type { Principal } from './access.ts';
import { administrationOf, startTestBus, type TestBus, topologyOf } from './testing/bus.ts';

const principals: readonly Principal[] = [
  { name: 'owner', key: 'owners', grants: [{ right: 'Manage' }] },
  { name: 'sends-orders', key: 'one', grants: [{ right: 'Send', entity: 'orders' }] },
  { name: 'hears-orders', key: 'two', grants: [{ right: 'Listen', entity: 'orders/Subscriptions/kitchen' }] },
];
let test: TestBus;
const clients: ServiceBusClient[] = [];

beforeAll(async () => {
  test = await startTestBus(topologyOf([], [{ Name: 'orders', Subscriptions: [{ Name: 'kitchen' }, { Name: 'bar' }] }, { Name: 'orders-2' }]), { access: principals });
});
afterAll(async () => {
  await Promise.all(clients.map((each) => each.close()));
  await test[Symbol.asyncDispose]();
});

const connection = (name: string, key: string): string => `Endpoint=sb://localhost:${test.bus.port};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true;`;
function as(name: string, key: string): ServiceBusClient {
  const client = new ServiceBusClient(connection(name, key), { retryOptions: { maxRetries: 0, timeoutInMs: 5_000 } });
  clients.push(client);
  return client;
}
const sender = () => as('sends-orders', 'one');
const hearer = () => as('hears-orders', 'two');
const send = (client: ServiceBusClient, topic = 'orders') => client.createSender(topic).sendMessages({ body: 'tea' });
const later = (client: ServiceBusClient) => client.createSender('orders').scheduleMessages({ body: 'tea' }, new Date(Date.now() + 3_600_000));
const hear = (client: ServiceBusClient, subscription = 'kitchen', deadLetters = false) =>
  client.createReceiver('orders', subscription, deadLetters ? { subQueueType: 'deadLetter' } : {}).receiveMessages(1, { maxWaitTimeInMs: 300 });
const peek = (client: ServiceBusClient, subscription = 'kitchen') => client.createReceiver('orders', subscription).peekMessages(1);
const ruled = (client: ServiceBusClient) => client.createRuleManager('orders', 'kitchen').createRule('loud', { correlationId: 'loud' });

describe('who has a right', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['sends to its topic', () => send(sender())],
    ['schedules for its topic', () => later(sender())],
    ['receives from its subscription', () => hear(hearer())],
    ['receives the dead letters of its subscription', () => hear(hearer(), 'kitchen', true)],
    ['peeks into its subscription', () => peek(hearer())],
    ['manages, when it may manage', () => ruled(as('owner', 'owners'))],
    ['administers, when it may manage the namespace', () => administrationOf(test.bus, connection('owner', 'owners')).getTopic('orders')],
  ])('%s', async (_, act) => {
    await expect(act()).resolves.not.toThrow();
  });
});

describe('who has none', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['does not send to another topic, one with a similar name', () => send(sender(), 'orders-2')],
    ['does not receive what it sends', () => hear(sender())],
    ['does not peek at what it sends', () => peek(sender())],
    ['does not send what it receives', () => send(hearer())],
    ['does not schedule what it receives', () => later(hearer())],
    ['does not receive from the subscription beside its own', () => hear(hearer(), 'bar')],
    ['does not peek into the subscription beside its own', () => peek(hearer(), 'bar')],
    ['does not change the rules of its subscription', () => ruled(hearer())],
    ['does not get in with the wrong key', () => send(as('sends-orders', 'two'))],
    ['does not get in with a name that is not known', () => send(as('nobody', 'one'))],
  ])('%s', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
  });

  it('does not administer', async () => {
    await expect(administrationOf(test.bus, connection('sends-orders', 'one')).getTopic('orders')).rejects.toMatchObject({ statusCode: 401 });
  });
});
