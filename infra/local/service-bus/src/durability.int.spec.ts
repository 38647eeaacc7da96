import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { sleep, temporaryDirectory, topologyOf } from './testing/bus.ts';

/** The seed decides when the process is killed. Set SEED to repeat a run. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const random = mulberry32(seed);
const ROUNDS = 4;
const SESSIONS = ['a', 'b', 'c', 'd'];

const root = join(import.meta.dirname, '../../../..');
const directory = temporaryDirectory();
const topologyFile = join(directory.path, 'topology.json');
writeFileSync(topologyFile, JSON.stringify(topologyOf([{ Name: 'counted' }], [
  { Name: 'sales', Subscriptions: [{ Name: 'one' }, { Name: 'two', Properties: { RequiresSession: true } }] },
])));

interface Running {
  readonly process: ChildProcess;
  readonly client: ServiceBusClient;
}

async function start(state: string): Promise<Running> {
  const child = spawn(process.execPath, [
    '--conditions=@checkout/source', '--import', join(root, 'tools/swc-hook.mjs'), join(import.meta.dirname, 'main.ts'),
  ], { cwd: root, env: { ...process.env, PORT: '0', STATE_DIR: join(directory.path, state), TOPOLOGY: topologyFile }, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event !== 'listening') continue;
    child.stdout.resume();
    const connectionString = `Endpoint=sb://localhost:${port};SharedAccessKeyName=k;SharedAccessKey=v;UseDevelopmentEmulator=true;`;
    return { process: child, client: new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 2000 } }) };
  }
  throw new Error('The service bus ended before it listened.');
}

async function kill({ process: child, client }: Running): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  await client.close();
}

// The SDK keeps a session's settlement whose connection was lost for a whole minute; that is not to keep Jest waiting.
const { setTimeout: scheduleTimeout } = globalThis;
globalThis.setTimeout = ((callback: () => void, ms: number) => {
  const timer = scheduleTimeout(callback, ms);
  return ms >= 60_000 ? timer.unref() : timer;
}) as typeof globalThis.setTimeout;

afterAll(() => {
  globalThis.setTimeout = scheduleTimeout;
  directory.remove();
});

it(`loses nothing accepted and brings back nothing completed when it is killed (seed ${seed})`, async () => {
  const accepted = new Set<string>();
  const ledger = new Map([['one', newLedger()], ['two', newLedger()]]);
  let sent = 0;

  for (let round = 0; round < ROUNDS; round += 1) {
    // given
    const running = await start('killed');
    let isKilled = false;
    const whileAlive = async (step: () => Promise<void>): Promise<void> => {
      while (!isKilled) await step();
    };
    const sender = running.client.createSender('sales');
    const send = async (): Promise<void> => {
      const ids = Array.from({ length: 1 + Math.floor(random() * 20) }, () => String((sent += 1)));
      await sender.sendMessages(ids.map((id) => ({ body: id, messageId: id, sessionId: sessionOf(id) })));
      for (const id of ids) accepted.add(id);
    };
    const receive = async (receiver: ServiceBusReceiver, subscription: string): Promise<void> => {
      const messages = await receiver.receiveMessages(20, { maxWaitTimeInMs: 100 });
      await Promise.all(messages.map(async (message) => {
        const id = String(message.messageId);
        ledger.get(subscription)?.requested.add(id);
        await receiver.completeMessage(message);
        ledger.get(subscription)?.completed.add(id);
      }));
    };

    // when
    const sessions = await Promise.all(SESSIONS.map((id) => running.client.acceptSession('sales', 'two', id)));
    const plain = running.client.createReceiver('sales', 'one');
    const traffic = Promise.all([
      ...Array.from({ length: 8 }, () => whileAlive(send)),
      whileAlive(() => receive(plain, 'one')),
      ...sessions.map((receiver) => whileAlive(() => receive(receiver, 'two'))),
    ].map((loop) => loop.catch(() => undefined)));
    await sleep(100 + random() * 300);
    isKilled = true;
    await kill(running);
    await Promise.race([traffic, sleep(500)]);
  }

  // then
  const running = await start('killed');
  const left = new Map([
    ['one', await drain(running.client.createReceiver('sales', 'one', { receiveMode: 'receiveAndDelete' }))],
    ['two', (await Promise.all(SESSIONS.map(async (id) => drain(await running.client.acceptSession('sales', 'two', id, { receiveMode: 'receiveAndDelete' }))))).flat()],
  ]);
  for (const [subscription, { requested, completed }] of ledger) {
    const there = new Set(left.get(subscription));
    expect(there.size).toBe(left.get(subscription)?.length);
    // A completion that was asked for but not answered may have happened or not; everything else is certain.
    expect({ subscription, lost: [...accepted].filter((id) => !there.has(id) && !requested.has(id)) }).toEqual({ subscription, lost: [] });
    expect({ subscription, returned: [...completed].filter((id) => there.has(id)) }).toEqual({ subscription, returned: [] });
    expect(completed.size).toBeGreaterThan(20);
  }
  expect(accepted.size).toBeGreaterThan(100);
  await kill(running);
}, 30_000);

it('finds everything else as it was after a kill', async () => {
  // given
  const before = await start('kept');
  const sender = before.client.createSender('counted');
  const receiver = before.client.createReceiver('counted');
  await sender.sendMessages([{ body: 'tried' }, { body: 'deferred' }, { body: 'dead' }, { body: 'gone' }]);
  const [tried, deferred, dead, gone] = await receiver.receiveMessages(4);
  if (!tried || !deferred || !dead || !gone) throw new Error('Four messages were expected.');
  // One after the other: rhea's client would merge different outcomes of neighbours into one.
  await receiver.deferMessage(deferred);
  await receiver.deadLetterMessage(dead, { deadLetterReason: 'Invalid', deadLetterErrorDescription: 'No lines.' });
  await receiver.completeMessage(gone);
  await receiver.abandonMessage(tried);
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 60_000));
  const session = await before.client.acceptSession('sales', 'two', 'stateful');
  await session.setSessionState({ step: 2 });

  // when
  await kill(before);
  const after = await start('kept');

  // then
  const found = await after.client.createReceiver('counted').peekMessages(10);
  expect(found.map(({ body, state, deliveryCount, sequenceNumber }) => [body, state, deliveryCount, sequenceNumber?.toNumber()])).toEqual([
    ['tried', 'active', 1, tried.sequenceNumber?.toNumber()],
    ['deferred', 'deferred', 1, deferred.sequenceNumber?.toNumber()],
    ['scheduled', 'scheduled', 0, 5],
  ]);
  const [deadAgain] = await after.client.createReceiver('counted', { subQueueType: 'deadLetter' }).peekMessages(1);
  expect(deadAgain).toMatchObject({ body: 'dead', deadLetterReason: 'Invalid' });
  const again = await after.client.acceptSession('sales', 'two', 'stateful');
  expect(await again.getSessionState()).toEqual({ step: 2 });
  await after.client.createSender('counted').sendMessages({ body: 'new' });
  expect((await after.client.createReceiver('counted').peekMessages(10)).at(-1)?.sequenceNumber?.toNumber()).toBe(6);

  // and when
  await after.client.close();
  after.process.kill('SIGTERM');
  const [code] = (await once(after.process, 'exit')) as [number];

  // then
  expect(code).toBe(0);
});

interface Ledger {
  readonly requested: Set<string>;
  readonly completed: Set<string>;
}

const newLedger = (): Ledger => ({ requested: new Set(), completed: new Set() });

function sessionOf(id: string): string {
  return SESSIONS[Number(id) % SESSIONS.length] ?? '';
}

async function drain(receiver: ServiceBusReceiver): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 100 });
    if (messages.length === 0) break;
    ids.push(...messages.map(({ messageId }) => String(messageId)));
  }
  await receiver.close();
  return ids;
}

/** A small seeded generator of numbers in [0, 1). */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
