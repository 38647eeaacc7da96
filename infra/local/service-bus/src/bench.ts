import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { startServiceBus } from './server.ts';
import type { EmulatorConfig } from './topology.ts';

/**
 * Measures the stand-in through the unmodified SDK: client in this process, server in a child, durable on disk. Prints one JSON line
 * per scenario with messages per second and the CPU the server spent per message. `node tools/run.mjs file <this> [messages]`; with PROFILE=<folder> the server's
 * CPU profile is written there.
 */
const subscriptionFilter = (name: string): { Name: string; Properties: { FilterType: 'Sql'; SqlFilter: { SqlExpression: string } } } => ({
  Name: 'replay', Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: `replayFor IS NULL OR replayFor = '${name}'` } },
});

const topology: EmulatorConfig = {
  UserConfig: {
    Namespaces: [{
      Name: 'bench',
      Topics: [
        { Name: 'plain', Subscriptions: [{ Name: 'one', Properties: { MaxDeliveryCount: 10 }, Rules: [subscriptionFilter('one')] }] },
        { Name: 'ordered', Subscriptions: [{ Name: 'one', Properties: { RequiresSession: true }, Rules: [subscriptionFilter('one')] }] },
      ],
    }],
  },
};

const SESSIONS = 8;
const body = { saleId: '0199c2c4-7d1e-7b9a-9d6f-0d5a1c2b3e4f', store: '0042', lines: [{ sku: '4006381333931', quantity: 2, price: 1299 }], note: 'x'.repeat(80) };
const applicationProperties = { type: 'com.example.sale.requested', tenant: 'acme' };

if (process.argv[2] === 'server') await serve();
else await measure(Number(process.argv[2] ?? 20_000));

async function serve(): Promise<void> {
  const bus = await startServiceBus({ directory: process.argv[3] ?? '', topology });
  process.on('message', (text) => {
    if (text === 'cpu') process.send?.(process.cpuUsage());
    // Exiting by itself lets --cpu-prof write its file.
    if (text === 'stop') void bus.close().then(() => process.disconnect());
  });
  process.send?.({ connectionString: bus.connectionString });
}

async function measure(messages: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'service-bus-bench-'));
  const server = fork(fileURLToPath(import.meta.url), ['server', directory], { execArgv: [...process.execArgv, ...(process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : [])] });
  const ask = <T>(text: string): Promise<T> => new Promise((resolve) => {
    server.once('message', (answer) => resolve(answer as T));
    if (text) server.send(text);
  });
  const { connectionString } = await ask<{ connectionString: string }>('');
  const client = new ServiceBusClient(connectionString);

  const scenario = async (name: string, count: number, run: () => Promise<object | void>): Promise<void> => {
    const before = await ask<NodeJS.CpuUsage>('cpu');
    const own = process.cpuUsage();
    const started = performance.now();
    const more = await run();
    const seconds = (performance.now() - started) / 1000;
    const after = await ask<NodeJS.CpuUsage>('cpu');
    const ownAfter = process.cpuUsage(own);
    process.stdout.write(`${JSON.stringify({
      scenario: name, messages: count, perSecond: Math.round(count / seconds),
      serverMicrosPerMessage: round((after.user - before.user + after.system - before.system) / count),
      clientMicrosPerMessage: round((ownAfter.user + ownAfter.system) / count), ...more,
    })}\n`);
  };

  const plain = client.createSender('plain');
  const ordered = client.createSender('ordered');
  await plain.sendMessages({ body });
  await drain(client.createReceiver('plain', 'one'), 1);

  await scenario('send single, 100 in flight', messages, async () => {
    let sent = 0;
    await Promise.all(Array.from({ length: 100 }, async () => {
      while (sent < messages) {
        sent += 1;
        await plain.sendMessages({ body, applicationProperties, messageId: `m${sent}` });
      }
    }));
  });
  await scenario('subscribe 256, manual complete', messages, () => drain(client.createReceiver('plain', 'one'), messages));
  await scenario('send batches of 100', messages, async () => {
    for (let sent = 0; sent < messages; sent += 100) {
      await plain.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body, applicationProperties, messageId: `b${sent + index}` })));
    }
  });
  await scenario('subscribe 256, manual complete', messages, () => drain(client.createReceiver('plain', 'one'), messages));
  await scenario('send batches of 100 with 8 session ids', messages, async () => {
    for (let sent = 0; sent < messages; sent += 100) {
      await ordered.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body, applicationProperties, messageId: `s${sent + index}`, sessionId: String(index % SESSIONS) })));
    }
  });
  await scenario('8 session receivers, manual complete', messages, async () => {
    const receivers = await Promise.all(Array.from({ length: SESSIONS }, (_, index) => client.acceptSession('ordered', 'one', String(index))));
    await drainAll(receivers, messages);
  });
  await scenario('ping, 1 in flight', 2000, () => ping(2000));

  await client.close();
  server.send('stop');
  await new Promise((resolve) => { server.once('exit', resolve); });
  rmSync(directory, { recursive: true });

  async function ping(count: number): Promise<object> {
    const receiver = client.createReceiver('plain', 'one');
    let arrived = (): void => undefined;
    const subscription = receiver.subscribe({
      processMessage: async (message) => {
        arrived();
        await receiver.completeMessage(message);
      },
      processError: fail,
    }, { autoCompleteMessages: false, maxConcurrentCalls: 16 });
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const started = performance.now();
      const arrival = new Promise<void>((resolve) => { arrived = resolve; });
      await plain.sendMessages({ body, applicationProperties, messageId: `p${index}` });
      await arrival;
      times.push(performance.now() - started);
    }
    await subscription.close();
    await receiver.close();
    times.sort((a, b) => a - b);
    return { p50Ms: round(times[Math.floor(count * 0.5)] ?? 0, 1000), p99Ms: round(times[Math.floor(count * 0.99)] ?? 0, 1000) };
  }
}

async function drain(receiver: ServiceBusReceiver, count: number): Promise<void> {
  await drainAll([receiver], count);
}

async function drainAll(receivers: readonly ServiceBusReceiver[], count: number): Promise<void> {
  let completed = 0;
  await new Promise<void>((resolve) => {
    for (const receiver of receivers) {
      receiver.subscribe({
        processMessage: async (message: ServiceBusReceivedMessage) => {
          await receiver.completeMessage(message);
          completed += 1;
          if (completed === count) resolve();
        },
        processError: fail,
      }, { autoCompleteMessages: false, maxConcurrentCalls: 256 });
    }
  });
  await Promise.all(receivers.map((receiver) => receiver.close()));
}

async function fail({ error }: { error: Error }): Promise<void> {
  await Promise.resolve();
  throw error;
}

function round(value: number, steps = 100): number {
  return Math.round(value * steps) / steps;
}
