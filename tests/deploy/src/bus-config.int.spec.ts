import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { emulatorConfig, replayFilterOf, topology } from '@checkout/contracts';
import { startServiceBus, type EmulatorConfig } from '@checkout/local-service-bus';
import { Tree } from './tree.ts';

const config = (): EmulatorConfig => JSON.parse(Tree.root.read('libs/contracts/generated/service-bus.json')) as EmulatorConfig;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'checkout-bus-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('is the file that the topology generates', () => {
  expect(config()).toEqual(emulatorConfig());
});

it('is a file that the stand-in opens, with every subscription there to receive from', async () => {
  const bus = await startServiceBus({ directory, topology: config() });
  const client = new ServiceBusClient(bus.connectionString);
  try {
    const peeked = await Promise.all(topology.flatMap(({ name, subscriptions }) => subscriptions.map((subscription) => client.createReceiver(name, subscription.name).peekMessages(1))));
    expect(peeked.every((messages) => messages.length === 0)).toBe(true);
  } finally {
    await client.close();
    await bus.close();
  }
});

it('names a filter that is no SQL, and does not start with it', async () => {
  const wrong = JSON.parse(JSON.stringify(config()).replace(replayFilterOf('cart'), 'replayFor IS NUL OR')) as EmulatorConfig;
  await expect(startServiceBus({ directory, topology: wrong })).rejects.toThrow(/replayFor IS NUL/);
});
