import { ServiceBusClient } from '@azure/service-bus';
import { azureServiceBus, topology } from '@checkout/contracts';
import { serviceNames } from '@checkout/local-network';
import { World } from './world.ts';

/**
 * Every other end-to-end test runs the services with these rights and no more; here somebody with a service's key tries everything else. The
 * rights are the list that `infra/azure` assigns from (tests/deploy holds the two together).
 */
const users = [...serviceNames, 'functions'] as const;
const { senders, receivers } = azureServiceBus();

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 90_000);
afterAll(() => world?.close());

it.each(users)('%s has on the bus what Azure assigns it, and nothing else', async (user) => {
  // given
  const client = new ServiceBusClient(world.network.serviceBusConnectionOf(user), { retryOptions: { maxRetries: 0, timeoutInMs: 5_000 } });
  const isRefused = (attempt: Promise<unknown>): Promise<boolean> => attempt.then(() => false, (error: unknown) => {
    if ((error as { code?: string }).code === 'UnauthorizedAccess') return true;
    throw error;
  });

  // when: an empty batch opens the link and sends nothing
  const allowed = await Promise.all(topology.flatMap(({ name, subscriptions }) => [
    isRefused(client.createSender(name).createMessageBatch()).then((refused) => (refused ? [] : [`send to ${name}`])),
    ...subscriptions.map((subscription) => isRefused(client.createReceiver(name, subscription.name).peekMessages(1)).then((refused) => (refused ? [] : [`receive from ${name}/${subscription.name}`]))),
  ]));
  await client.close();

  // then
  expect(allowed.flat().toSorted()).toEqual([
    ...senders.filter(({ service }) => service === user).map(({ topic }) => `send to ${topic}`),
    ...receivers.filter(({ service }) => service === user).map(({ topic, subscription }) => `receive from ${topic}/${subscription}`),
  ].toSorted());
}, 30_000);
