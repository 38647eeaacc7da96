import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { ServiceBusClient } from '@azure/service-bus';
import { seededRandom } from './fault/seeded-random.ts';
import { eventually, startTestBus, sleep, type TestBus, topologyOf } from './testing/bus.ts';

/** The seed decides what is sent. Set SEED to repeat a run. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const CONVERSATIONS = 250;

let test: TestBus;
const events: { event: string; stack?: unknown }[] = [];
beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'victim' }, { Name: 'others' }, { Name: 'grouped', Properties: { RequiresSession: true } }]), {
    onEvent: (event, detail) => { events.push({ event, ...detail }); },
  });
});
afterAll(() => test[Symbol.asyncDispose]());
afterEach(() => jest.restoreAllMocks());

/** What a client that does everything writes, chunk by chunk. */
async function recorded(): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  const proxy = createServer((near) => {
    const far = connect(test.bus.port);
    near.on('data', (chunk: Buffer) => { chunks.push(chunk); far.write(chunk); });
    far.pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined).on('close', () => { near.destroy(); far.destroy(); });
  }).listen(0);
  await once(proxy, 'listening');
  const { port } = proxy.address() as { port: number };
  const client = new ServiceBusClient(test.bus.connectionString.replace(/:\d+;/, `:${port};`), { retryOptions: { maxRetries: 0 } });
  await client.createSender('victim').sendMessages([{ body: { a: 1 }, applicationProperties: { b: 'c' } }, { body: 'x', sessionId: 's', timeToLive: 60_000 }]);
  await client.createSender('grouped').sendMessages({ body: 1, sessionId: 's' });
  const receiver = client.createReceiver('victim');
  const [first, second] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 500 });
  if (first) await receiver.completeMessage(first);
  if (second) await receiver.deadLetterMessage(second, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
  await receiver.peekMessages(2);
  const session = await client.acceptNextSession('grouped');
  await session.setSessionState({ at: 1 });
  await session.renewSessionLock();
  await client.createSender('victim').scheduleMessages({ body: 1 }, new Date(Date.now() + 100_000));
  await client.close();
  proxy.close();
  return chunks;
}

function mutated(chunks: readonly Buffer[]): Buffer[] {
  const copy = chunks.map((chunk) => Buffer.from(chunk));
  const from = 3 + below(Math.max(1, copy.length - 3));
  for (let count = 1 + below(4); count > 0; count -= 1) {
    const index = Math.min(copy.length - 1, from + below(3));
    const chunk = copy[index];
    if (!chunk || chunk.length === 0) continue;
    const at = below(chunk.length);
    switch (below(6)) {
      case 0:
        chunk[at] = below(256);
        break;
      case 1:
        chunk[at] = (chunk[at] ?? 0) ^ (1 << below(8));
        break;
      case 2:
        copy[index] = chunk.subarray(0, at);
        break;
      case 3:
        copy[index] = Buffer.concat([chunk.subarray(0, at), Buffer.from(Array.from({ length: below(40) }, () => below(256))), chunk.subarray(at)]);
        break;
      case 4:
        if (chunk.length >= 4) chunk.writeUInt32BE(below(0xffff_ffff), Math.min(at, chunk.length - 4));
        break;
      default:
        copy.splice(index, 1, chunk, chunk);
    }
  }
  return copy.slice(0, from + 4 + below(8));
}

async function open(): Promise<Socket> {
  const socket = connect(test.bus.port);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function othersAreServed(): Promise<void> {
  const marker = `m${random()}`;
  await test.client.createSender('others').sendMessages({ body: marker });
  const receiver = test.client.createReceiver('others', { receiveMode: 'receiveAndDelete' });
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2000 });
  expect(message?.body).toBe(marker);
  await receiver.close();
}

describe(`bad clients (seed ${seed})`, () => {
  it('are survived whatever they write', async () => {
    const chunks = await recorded();
    // rhea remarks on what it cannot read.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    for (let index = 0; index < CONVERSATIONS; index += 1) {
      const socket = await open();
      socket.resume();
      for (const chunk of mutated(chunks)) {
        if (!socket.writable) break;
        socket.write(chunk);
        if (below(3) === 0) await new Promise((resolve) => { setImmediate(resolve); });
      }
      if (index % 5 === 0) await sleep(1);
      socket.destroy();
      if (index % 50 === 0) await othersAreServed();
    }
    await othersAreServed();
    // Everything refused was refused for what it was, not by a mistake of ours.
    expect(events.filter(({ stack }) => stack !== undefined).map(({ stack }) => stack).slice(0, 3)).toEqual([]);
  }, 60_000);

  it.each([
    ['noise', () => Buffer.concat([Buffer.from('A'), Buffer.from(Array.from({ length: 400 }, () => below(256)))])],
    ['a frame of 2 GB', () => Buffer.concat([Buffer.from('AMQP\u0003\u0001\u0000\u0000', 'latin1'), Buffer.of(0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0)])],
    ['a frame of no bytes', () => Buffer.concat([Buffer.from('AMQP\u0003\u0001\u0000\u0000', 'latin1'), Buffer.alloc(16)])],
  ])('are dropped for %s', async (_what, bytes) => {
    const socket = await open();
    socket.resume();
    socket.write(bytes());
    await once(socket, 'close');
    await othersAreServed();
  });

  it('may be many that never say a word', async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, open));
    for (const socket of sockets.slice(0, 150)) socket.write('AMQP');
    await othersAreServed();
    for (const socket of sockets) socket.destroy();
  });

  it('may never read: what waits for them is bounded', async () => {
    // given
    await fetch(`http://localhost:${test.bus.port}/reset`, { method: 'POST' });
    const body = 'x'.repeat(200_000);
    const sender = test.client.createSender('victim');
    for (let index = 0; index < 150; index += 1) await sender.sendMessages({ body });
    const proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      const far = connect(test.bus.port).on('error', () => undefined);
      socket.pipe(far);
      far.pipe(socket);
      socket.on('close', () => far.destroy());
      deaf = () => { far.unpipe(socket); far.pause(); };
      hearing = () => { far.pipe(socket); };
    }).listen(0);
    let deaf = (): void => undefined;
    let hearing = (): void => undefined;
    await once(proxy, 'listening');
    const client = new ServiceBusClient(test.bus.connectionString.replace(/:\d+;/, `:${(proxy.address() as { port: number }).port};`), { retryOptions: { maxRetries: 0, timeoutInMs: 5000 } });
    const receiver = client.createReceiver('victim');
    await receiver.peekMessages(1);

    // when
    const taken = receiver.receiveMessages(150, { maxWaitTimeInMs: 500 }).catch(() => []);
    await sleep(20);
    deaf();
    await eventually(async () => {
      const { victim } = (await (await fetch(`http://localhost:${test.bus.port}/entities`)).json()) as Record<string, { locked: number }>;
      expect(victim?.locked).toBeGreaterThan(5);
    });

    // then
    await othersAreServed();
    const { victim } = (await (await fetch(`http://localhost:${test.bus.port}/entities`)).json()) as Record<string, { locked: number }>;
    expect(victim?.locked).toBeLessThan(150);
    hearing();
    await taken;
    await receiver.close();
    await client.close();
    proxy.close();
  }, 30_000);

  it('may never settle: the window of a client bounds what it holds', async () => {
    const receiver = test.newClient().createReceiver('others', { maxAutoLockRenewalDurationInMs: 0 });
    const sender = test.client.createSender('others');
    for (let sent = 0; sent < 3000; sent += 500) await sender.sendMessages(Array.from({ length: 500 }, () => ({ body: 'x' })));
    let taken = 0;
    for (;;) {
      const messages = await receiver.receiveMessages(1000, { maxWaitTimeInMs: 300 }).catch(() => []);
      if (messages.length === 0) break;
      taken += messages.length;
    }
    expect(taken).toBeLessThanOrEqual(2048);
    expect(taken).toBeGreaterThan(1900);
    await fetch(`http://localhost:${test.bus.port}/reset`, { method: 'POST' });
    await othersAreServed();
  }, 30_000);
});
