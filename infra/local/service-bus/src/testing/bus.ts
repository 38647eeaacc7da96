import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusAdministrationClient, type ServiceBusAdministrationClientOptions, ServiceBusClient } from '@azure/service-bus';
import { type ServiceBus, type ServiceBusOptions, startServiceBus } from '../server.ts';
import type { EmulatorConfig, QueueConfig, TopicConfig } from '../topology.ts';

/** The stand-in and an unmodified SDK client of it, for one spec file. */
export interface TestBus extends AsyncDisposable {
  readonly bus: ServiceBus;
  readonly client: ServiceBusClient;
  /** One more client, on a connection of its own. */
  newClient(timeoutInMs?: number): ServiceBusClient;
}

export const topologyOf = (queues: readonly QueueConfig[], topics: readonly TopicConfig[] = []): EmulatorConfig => ({
  UserConfig: { Namespaces: [{ Name: 'test', Queues: queues, Topics: topics }] },
});

export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'service-bus-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function startTestBus(topology: EmulatorConfig, options: Partial<ServiceBusOptions> = {}): Promise<TestBus> {
  const directory = temporaryDirectory();
  const bus = await startServiceBus({ directory: directory.path, topology, faultsOverHttp: true, ...options });
  const clients: ServiceBusClient[] = [];
  const newClient = (timeoutInMs = 5000): ServiceBusClient => {
    const client = new ServiceBusClient(bus.connectionString, { retryOptions: { maxRetries: 0, timeoutInMs } });
    clients.push(client);
    return client;
  };
  const client = newClient();
  return {
    bus,
    client,
    newClient,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((each) => each.close()));
      await bus.close();
      directory.remove();
    },
  };
}

/** The administration client always speaks HTTPS; this agent speaks HTTP where it asks for that (specification §15.1, way 2). */
export function administrationOf(bus: Pick<ServiceBus, 'connectionString'>, connectionString = bus.connectionString): ServiceBusAdministrationClient {
  const agent = new Agent();
  (agent as unknown as { protocol: string }).protocol = 'https:';
  return new ServiceBusAdministrationClient(connectionString, { agent, retryOptions: { maxRetries: 0 } } as ServiceBusAdministrationClientOptions);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Tries until it holds, or gives up after two seconds and lets the last attempt's error through. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(20);
    }
  }
}
