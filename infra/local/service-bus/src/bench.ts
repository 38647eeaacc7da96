import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver, type ServiceBusSender } from '@azure/service-bus';
import type { EmulatorConfig } from './topology.ts';

/**
 * Measures the stand-in through the unmodified SDK: client in this process, server in a child, durable on disk, bodies of 200 bytes. Prints
 * one JSON line per scenario, the median of five runs, with the CPU the server spent per message.
 * `node tools/run.mjs file <this> [messages] [runs]`; with PROFILE=<folder> the server's CPU profile is written there.
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
const body = { saleId: '0199c2c4-7d1e-7b9a-9d6f-0d5a1c2b3e4f', store: '0042', lines: [{ sku: '4006381333931', quantity: 2, price: 1299 }], note: 'x'.repeat(62) };
const applicationProperties = { type: 'com.example.sale.requested', tenant: 'acme' };

await measure(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 5));

interface Run {
  readonly messagesPerSec: number;
  readonly serverCpuUs: number;
  readonly clientCpuUs: number;
  readonly latencyMs?: Latency;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

async function measure(messages: number, runs: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'service-bus-bench-'));
  const started = performance.now();
  const server = fork(join(import.meta.dirname, 'testing/bench-server.ts'), [directory, JSON.stringify(topology)], { execArgv: [...process.execArgv, ...(process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : [])] });
  const ask = <T>(text: string): Promise<T> => new Promise((resolve) => {
    server.once('message', (answer) => resolve(answer as T));
    if (text) server.send(text);
  });
  const { connectionString } = await ask<{ connectionString: string }>('');
  print('start', { acceptingAfterMs: round(performance.now() - started, 1) });
  const client = new ServiceBusClient(connectionString);

  const results = new Map<string, Run[]>();
  const scenario = async (name: string, count: number, run: () => Promise<Latency | void>): Promise<void> => {
    const before = await ask<NodeJS.CpuUsage>('cpu');
    const own = process.cpuUsage();
    const from = performance.now();
    const latencyMs = await run();
    const seconds = (performance.now() - from) / 1000;
    const after = await ask<NodeJS.CpuUsage>('cpu');
    const ownAfter = process.cpuUsage(own);
    const all = results.get(name) ?? [];
    all.push({
      messagesPerSec: Math.round(count / seconds),
      serverCpuUs: round((after.user - before.user + after.system - before.system) / count),
      clientCpuUs: round((ownAfter.user + ownAfter.system) / count),
      ...(latencyMs ? { latencyMs } : {}),
    });
    results.set(name, all);
  };

  const plain = client.createSender('plain');
  const ordered = client.createSender('ordered');
  await plain.sendMessages({ body });
  await drain(client.createReceiver('plain', 'one'), 1);
  const sendBatches = async (sender: ServiceBusSender, sessions: boolean): Promise<void> => {
    for (let sent = 0; sent < messages; sent += 100) {
      await sender.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body, applicationProperties, messageId: `b${sent + index}`, ...(sessions ? { sessionId: String(index % SESSIONS) } : {}) })));
    }
  };

  for (let run = 0; run < runs; run += 1) {
    await scenario('send-100-in-flight', messages, async () => {
      let sent = 0;
      await Promise.all(Array.from({ length: 100 }, async () => {
        while (sent < messages) {
          sent += 1;
          await plain.sendMessages({ body, applicationProperties, messageId: `m${sent}` });
        }
      }));
    });
    await scenario('receive-100', messages, () => receiveHundreds(client.createReceiver('plain', 'one'), messages));
    await scenario('send-batches-of-100', messages, () => sendBatches(plain, false));
    await scenario('subscribe-32', messages, () => drain(client.createReceiver('plain', 'one'), messages));
    await scenario('send-batches-of-100-in-8-sessions', messages, () => sendBatches(ordered, true));
    await scenario('8-session-receivers', messages, async () => {
      const receivers = await Promise.all(Array.from({ length: SESSIONS }, (_, index) => client.acceptSession('ordered', 'one', String(index))));
      await drainAll(receivers, messages);
    });
    await scenario('send-to-handler', 2000, () => ping(2000));
  }
  for (const [name, all] of results) print(name, median(all));

  await client.close();
  server.send('stop');
  await new Promise((resolve) => { server.once('exit', resolve); });
  rmSync(directory, { recursive: true });

  async function ping(count: number): Promise<Latency> {
    const receiver = client.createReceiver('plain', 'one');
    let completed = 0;
    let allCompleted = (): void => undefined;
    // A message left locked would keep the next scenario waiting for its lock to end.
    const isDone = new Promise<void>((resolve) => { allCompleted = resolve; });
    let arrived = (): void => undefined;
    const subscription = receiver.subscribe({
      processMessage: async (message) => {
        arrived();
        await receiver.completeMessage(message);
        completed += 1;
        if (completed === count) allCompleted();
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
    await isDone;
    await subscription.close();
    await receiver.close();
    times.sort((a, b) => a - b);
    return { p50: round(times[Math.floor(count * 0.5)] ?? 0, 1000), p99: round(times[Math.floor(count * 0.99)] ?? 0, 1000) };
  }
}

function print(scenario: string, figures: object): void {
  process.stdout.write(`${JSON.stringify({ bench: 'bus', scenario, ...figures })}\n`);
}

/** The run in the middle by its rate. */
function median(runs: readonly Run[]): object {
  return runs.toSorted((a, b) => a.messagesPerSec - b.messagesPerSec)[Math.floor(runs.length / 2)] ?? {};
}

async function receiveHundreds(receiver: ServiceBusReceiver, count: number): Promise<void> {
  for (let taken = 0; taken < count;) {
    const messages = await receiver.receiveMessages(100);
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    taken += messages.length;
  }
  await receiver.close();
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
      }, { autoCompleteMessages: false, maxConcurrentCalls: 32 });
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
