import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { BusProcess } from './testing/bus-process.ts';
import { temporaryDirectory, topologyOf } from './testing/bus.ts';

const COUNT = 100_000;
const BATCH = 100;
/** Of Node's own heap. What waits are 200 MB of bodies. */
const HEAP_MB = 96;
/** Bodies would be outside of that heap, so resident memory is what tells of them. */
const RESIDENT_BYTES = 290 * 1024 * 1024;
const SAMPLE = 2000;

const directory = temporaryDirectory();
const state = join(directory.path, 'state');
const topologyFile = join(directory.path, 'topology.json');
writeFileSync(topologyFile, JSON.stringify(topologyOf([{ Name: 'waiting' }])));
const started: BusProcess[] = [];
afterAll(async () => {
  for (const bus of started) await bus.kill();
  directory.remove();
});

const bodyOf = (index: number): string => `${index} `.padEnd(2000, 'x');
async function start(): Promise<BusProcess> {
  const bus = await BusProcess.start(state, topologyFile, [`--max-old-space-size=${HEAP_MB}`]);
  started.push(bus);
  return bus;
}

async function receive(client: ServiceBusClient, count: number): Promise<ServiceBusReceivedMessage[]> {
  const receiver = client.createReceiver('waiting', { receiveMode: 'receiveAndDelete' });
  const received: ServiceBusReceivedMessage[] = [];
  while (received.length < count) received.push(...await receiver.receiveMessages(Math.min(100, count - received.length)));
  await receiver.close();
  return received;
}

it('keeps a hundred thousand waiting messages out of memory, before and after a restart', async () => {
  // given
  const before = await start();
  const client = new ServiceBusClient(before.connectionString);
  const sender = client.createSender('waiting');

  // when
  for (let sent = 0; sent < COUNT; sent += BATCH) {
    await sender.sendMessages(Array.from({ length: BATCH }, (_unused, index) => ({ body: bodyOf(sent + index) })));
  }

  // then
  expect(before.residentBytes ?? 0).toBeLessThan(RESIDENT_BYTES);
  const oldest = await receive(client, SAMPLE);
  expect(oldest.map(({ body }) => body as string)).toEqual(Array.from({ length: SAMPLE }, (_unused, index) => bodyOf(index)));
  const [first] = oldest;
  if (!first?.sequenceNumber) throw new Error('Nothing was received.');
  const [newest] = await client.createReceiver('waiting').peekMessages(1, { fromSequenceNumber: first.sequenceNumber.add(COUNT - 1) });
  expect(newest?.body).toBe(bodyOf(COUNT - 1));

  // and when
  await before.kill();
  await client.close();
  const after = await start();
  const again = new ServiceBusClient(after.connectionString);

  // then
  expect(after.residentBytes ?? 0).toBeLessThan(RESIDENT_BYTES);
  const next = await receive(again, SAMPLE);
  expect(next.map(({ body }) => body as string)).toEqual(Array.from({ length: SAMPLE }, (_unused, index) => bodyOf(SAMPLE + index)));
  expect(after.residentBytes ?? 0).toBeLessThan(RESIDENT_BYTES);
  await again.close();
  expect(await after.stop()).toBe(0);
}, 180_000);
