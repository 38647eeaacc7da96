import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { saleIdOf, uuidv7, type CommandId, type TenantId } from '@checkout/kernel';
import { createLogger } from '@checkout/observability';
import { DependencyUnavailable, ReplaySpeed } from '@checkout/resilience';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pump, type PumpOptions } from './pump.ts';
import { eventually, storeIds, Town } from './testing/shop.ts';
import type { Result } from './work.ts';

const [first] = storeIds;
const outage: Result = { ok: false, error: new DependencyUnavailable('shelf/work', 0) };
let town: Town;
let client: ServiceBusClient;
let pump: Pump;
let warnings: string[];
let taken: { readonly message: ServiceBusReceivedMessage; readonly done: (result: Result) => void }[];
beforeAll(async () => {
  town = await Town.open();
});
beforeEach(() => {
  // As the process's client, only less patient.
  client = new ServiceBusClient(town.serviceBus.connectionString, { retryOptions: { maxRetries: 1, retryDelayInMs: 50, timeoutInMs: 300 } });
  warnings = [];
  taken = [];
});
afterEach(async () => {
  await pump.stop(0);
  await client.close();
  await town.reset();
});
afterAll(() => town[Symbol.asyncDispose]());

const start = (options: Partial<PumpOptions> = {}): void => {
  pump = new Pump({
    client: () => client, topic: 'inventory-commands', subscription: 'inventory', partitions: 8,
    logger: createLogger({ service: 'tests', level: 'warn', destination: { write: (line: string) => void warnings.push(line) } }),
    onMessage: (message, done) => void taken.push({ message, done }),
    untilAvailable: () => Promise.resolve(),
    replaySpeed: new ReplaySpeed({ isStrained: () => false }),
    ...options,
  });
  pump.start();
};
const handled: Result = { ok: true, answer: undefined };

it('says nothing while there is nothing to do', async () => {
  start();
  await sleep(1_000);
  expect(warnings).toEqual([]);
});

it('knows when the SDK does not come back, and that it does when it only finds nothing to do', async () => {
  start({ stuckAfterMs: 600 });
  await sleep(800);
  expect(pump.isStuck).toBe(false);
  await pump.stop(0);
  start({ stuckAfterMs: 600, client: () => ({ acceptNextSession: () => new Promise(() => {}) }) as unknown as ServiceBusClient });
  await eventually(() => expect(pump.isStuck).toBe(true));
});

it('B28 lets go of a partition in time, however busy it is', async () => {
  // given
  let isBusy = true;
  const holders = new Set<string>();
  start({
    maxHoldMs: 200,
    onMessage: (message, done) => {
      // The link's name is the only trace of which receiver a message came through.
      holders.add((message as unknown as { delivery: { link: { name: string } } }).delivery.link.name);
      taken.push({ message, done });
      setTimeout(() => {
        done(handled);
        if (isBusy && taken.length < 3_000) void town.sell([first]);
      }, 20);
    },
  });

  // when
  await town.sell(Array.from({ length: 10 }, () => first));

  // then
  await eventually(() => expect(holders.size).toBeGreaterThan(1));
  isBusy = false;
  expect(taken.map(({ message }) => message.deliveryCount)).toEqual(taken.map(() => 0));
  expect(warnings).toEqual([]);
});

it('does not settle a message whose partition it has let go of, and delivers it again', async () => {
  // given
  await town.sell([first, first]);
  start();
  await eventually(() => expect(taken).toHaveLength(2));
  const [one, two] = taken;

  // when
  one?.done(outage);
  await eventually(() => expect(taken).toHaveLength(4));
  two?.done({ ok: false, error: new TypeError('a defect') });
  await sleep(100);

  // then
  expect(taken.map(({ message }) => message.deliveryCount)).toEqual([0, 0, 0, 0]);
  for (const { done } of taken.slice(2)) done(handled);
  await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 0 }));
});

it('B19 handles a message alone whose process ends with it time after time: those behind it spend no more deliveries', async () => {
  // given
  const poisoned: number[] = [];
  let poison: ServiceBusReceivedMessage['messageId'];
  start({
    onMessage: (message, done) => {
      poison ??= message.messageId;
      if (message.messageId !== poison) {
        const deaths = poisoned.length;
        setTimeout(() => poisoned.length === deaths && done(handled), 20);
        return;
      }
      poisoned.push(message.deliveryCount ?? 0);
      // What is left of a process that has died: locks that end.
      town.serviceBus.applyFaults({ inject: [{ fault: 'expire-lock' }] });
    },
  });

  // when
  await town.sell(Array.from({ length: 30 }, () => first));

  // then
  await eventually(() => expect(poisoned.at(-1)).toBeGreaterThanOrEqual(7), 60_000);
  const waiting = await town.client.createReceiver('inventory-commands', 'inventory').peekMessages(100);
  const behind = waiting.filter(({ messageId }) => messageId !== poison).map(({ deliveryCount = 0 }) => deliveryCount);
  expect(behind).toHaveLength(29);
  expect(Math.max(...behind)).toBeLessThanOrEqual(3);
  await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 1 }), 60_000);
  const [dead] = await town.client.createReceiver('inventory-commands', 'inventory', { subQueueType: 'deadLetter' }).peekMessages(2);
  expect(dead).toMatchObject({ messageId: poison, deadLetterReason: 'MaxDeliveryCountExceeded' });
}, 150_000);

it('takes late news of an outage for old news', async () => {
  // given
  await town.sell([first, first]);
  start();
  await eventually(() => expect(taken).toHaveLength(2));
  const [one, two] = taken;
  one?.done(outage);
  await eventually(() => expect(taken).toHaveLength(4));

  // when
  two?.done(outage);

  // then
  expect(pump.isPaused).toBe(false);
  for (const { done } of taken.slice(2)) done(handled);
  await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0 }));
});

it('stays paused when nobody can tell whether the dependency is back, and can still be stopped', async () => {
  // given
  await town.sell([first]);
  start({ untilAvailable: () => Promise.reject(new DependencyUnavailable('shelf/work', 0)) });
  await eventually(() => expect(taken).toHaveLength(1));

  // when
  taken[0]?.done(outage);
  await sleep(400);

  // then
  expect(pump.isPaused).toBe(true);
  await pump.stop(0);
  await eventually(() => expect(pump.isPaused).toBe(false));
  expect(taken).toHaveLength(1);
});

it('does not wait at its end for a handler that never comes back', async () => {
  await town.sell([first]);
  start();
  await eventually(() => expect(taken).toHaveLength(1));
  const startedAt = performance.now();
  await pump.stop(100);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(await town.waiting()).toMatchObject({ active: 1, locked: 0 });
});

it('B29 works a backlog off at its own speed, lets a sale that begins now go before it, and gives back what it has not come to', async () => {
  // given
  const old = (): Promise<void> => town.send([town.of(first, saleIdOf('acme' as TenantId, uuidv7(Date.now() - 3_600_000) as CommandId))]);
  for (let count = 0; count < 4; count += 1) {
    await old();
    await sleep(250);
  }
  await sleep(5_500);

  // when
  start({ replaySpeed: { value: 0.001, observe: () => {} } });
  await eventually(() => expect(taken).toHaveLength(1));
  await sleep(500);
  const live = saleIdOf('acme' as TenantId, uuidv7() as CommandId);
  await town.send([town.of(first, live)]);

  // then
  await eventually(() => expect(taken).toHaveLength(2));
  expect(taken[1]?.message.correlationId).toBe(live);
  for (const { done } of taken) done(handled);
  await pump.stop(1_000);
  await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 3, locked: 0 }));
  start({ replaySpeed: { value: 1_000, observe: () => {} } });
  await eventually(() => expect(taken).toHaveLength(5));
  expect(taken.map(({ message }) => message.deliveryCount)).toEqual([0, 0, 0, 0, 0]);
}, 40_000);
