import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { BusProcess } from './testing/bus-process.ts';
import { topologyOf } from './testing/bus.ts';

/**
 * Measures what a backlog costs: messages of 1 kB that wait in a queue, the server in a process of its own. Prints its memory while they
 * wait, the time from its start to its listening after a kill, and how fast they are taken then, as one JSON line.
 * `node tools/run.mjs file <this> [messages]`
 */
const count = Number(process.argv[2] ?? 1_000_000);
const BATCH = 200;
const IN_FLIGHT = 8;

const directory = mkdtempSync(join(tmpdir(), 'service-bus-backlog-'));
const topology = join(directory, 'topology.json');
writeFileSync(topology, JSON.stringify(topologyOf([{ Name: 'waiting' }])).replace('"waiting"', '"waiting","Properties":{"MaxSizeInMegabytes":81920}'));

const body = 'x'.repeat(1000);
let bus = await BusProcess.start(join(directory, 'state'), topology);
const emptyStartMs = bus.startMs;
const emptyBytes = bus.residentBytes ?? 0;
let client = new ServiceBusClient(bus.connectionString);

const fillMs = await timed(async () => {
  const sender = client.createSender('waiting');
  let sent = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (sent < count) {
      sent += BATCH;
      await sender.sendMessages(Array.from({ length: BATCH }, () => ({ body })));
    }
  }));
});
const waitingBytes = bus.residentBytes ?? 0;
await bus.kill();
await client.close().catch(() => undefined);

bus = await BusProcess.start(join(directory, 'state'), topology);
const restartedBytes = bus.residentBytes ?? 0;
client = new ServiceBusClient(bus.connectionString);
const taken = Math.min(count, 100_000);
const takeMs = await timed(async () => {
  const receiver = client.createReceiver('waiting', { receiveMode: 'receiveAndDelete' });
  for (let received = 0; received < taken;) received += (await receiver.receiveMessages(1000)).length;
});
const drainingBytes = bus.residentBytes ?? 0;
await client.close();
await bus.stop();
rmSync(directory, { recursive: true });

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
process.stdout.write(`${JSON.stringify({
  bench: 'bus', scenario: 'backlog', messages: count, fillPerSec: Math.round(count / fillMs * 1000), takePerSec: Math.round(taken / takeMs * 1000),
  startMs: { empty: Math.round(emptyStartMs), afterKill: Math.round(bus.startMs) },
  residentMb: { empty: megabytes(emptyBytes), waiting: megabytes(waitingBytes), afterRestart: megabytes(restartedBytes), draining: megabytes(drainingBytes) },
})}\n`);

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
