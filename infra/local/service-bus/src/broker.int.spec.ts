import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { message, types } from 'rhea';
import { Broker } from './broker.ts';
import type { Consumer } from './consumer.ts';
import { limits } from './limits.ts';
import { messageState, type StoredMessage } from './stored-message.ts';
import { eventually, temporaryDirectory, topologyOf } from './testing/bus.ts';
import { unbatch } from './wire/content.ts';

const topology = topologyOf([{ Name: 'busy' }, { Name: 'kept' }]);
const directory = temporaryDirectory();
afterAll(() => directory.remove());

const open = (): Promise<Broker> => Broker.open(directory.path, topology, () => undefined, (error) => { throw error; });
const encode = (body: Buffer | string): Buffer => message.encode({ message_id: 'm', body: message.data_section(Buffer.from(body)) } as never);

function queue(broker: Broker, name: string): Extract<ReturnType<Broker['resolve']>, { kind: 'queue' }> {
  const entity = broker.resolve(name);
  if (entity.kind !== 'queue') throw new Error(`'${name}' is no queue.`);
  return entity;
}

const send = (broker: Broker, name: string, body: Buffer | string): Promise<void> =>
  new Promise((resolve) => { broker.publish(queue(broker, name).destination, encode(body), 0, resolve); });

/** Completes whatever it is handed. */
function completer(deliver: (stored: StoredMessage) => void): Consumer {
  return { capacity: 100, deletesOnReceive: false, session: undefined, deliver, reserve: () => undefined, forget: () => undefined, detach: () => undefined };
}

const bytesOnDisk = (): number => readdirSync(directory.path).reduce((sum, name) => sum + statSync(join(directory.path, name)).size, 0);

describe('the log', () => {
  it('stays small while messages pass through, and keeps the few that stay', async () => {
    // given
    const broker = await open();
    const { store } = queue(broker, 'busy');
    store.addConsumer(completer((stored) => setImmediate(() => store.complete(stored))));
    const body = Buffer.alloc(200 * 1024, 1);

    // when
    for (let index = 0; index < 700; index += 1) {
      await send(broker, 'busy', body);
      if (index % 10 === 0) await send(broker, 'kept', `kept ${index}`);
    }

    // then
    expect(bytesOnDisk()).toBeLessThanOrEqual((limits.segmentsBeforeCompaction + 3) * (limits.segmentBytes + 512 * 1024));
    await eventually(() => expect(store.messages.size).toBe(0));
    await broker.close();

    // and after a restart
    const again = await open();
    const bodies = [...queue(again, 'kept').store.messages.values()].map(({ content }) => unbatch(content.bytes)[0]?.toString());
    expect(bodies).toEqual(Array.from({ length: 70 }, (_unused, index) => `kept ${index * 10}`));
    expect(queue(again, 'busy').store.messages.size).toBe(0);
    await again.close();
  });

  it('does not grow by being started again and again', async () => {
    const own = temporaryDirectory();
    for (let start = 0; start < 6; start += 1) {
      const broker = await Broker.open(own.path, topology, () => undefined, (error) => { throw error; });
      await broker.close();
    }
    await eventually(() => expect(readdirSync(own.path).filter((name) => /^\d+\.log$/.test(name)).length).toBeLessThanOrEqual(2));
    own.remove();
  });

  it('does not bring messages back that were dropped by a reset', async () => {
    const broker = await open();
    await new Promise<void>((resolve) => { broker.reset(resolve); });
    await send(broker, 'kept', 'new');
    await broker.close();
    const again = await open();
    expect(queue(again, 'kept').store.messages.size).toBe(1);
    await again.close();
  });
});

describe('the counts of an entity', () => {
  it('agree with its messages after each thing that can happen to one, and after a restart', async () => {
    // given
    const own = temporaryDirectory();
    const start = (): Promise<Broker> => Broker.open(own.path, topologyOf([{ Name: 'kept', Properties: { MaxDeliveryCount: 2 } }]), () => undefined, (error) => { throw error; });
    const broker = await start();
    const { destination, store } = queue(broker, 'kept');
    const locked: StoredMessage[] = [];
    for (let index = 0; index < 6; index += 1) await send(broker, 'kept', `${index}`);
    const later = { 'x-opt-scheduled-enqueue-time': types.wrap_timestamp(Date.now() + 3_600_000) };
    for (let index = 0; index < 3; index += 1) {
      await new Promise<void>((resolve) => { broker.publish(destination, message.encode({ message_id: 'later', message_annotations: later, body: message.data_section(Buffer.from('x')) } as never), 0, resolve); });
    }
    const consumer = { ...completer((stored) => void locked.push(stored)), get capacity() { return 5 - locked.length; } };
    store.addConsumer(consumer);
    store.pump();
    expect(locked).toHaveLength(5);

    // when
    const [completed, deferred, deadLettered, abandonedTwice, released] = locked as [StoredMessage, StoredMessage, StoredMessage, StoredMessage, StoredMessage];
    store.complete(completed);
    store.defer(deferred);
    store.deadLetter(deadLettered, new Map());
    abandonedTwice.deliveryCount = 1;
    store.abandon(abandonedTwice);
    store.release(released);
    store.removeConsumer(consumer);
    const [scheduled] = [...store.messages.values()].filter(({ state }) => state === messageState.scheduled);
    broker.cancelScheduled(destination, [scheduled?.sequence ?? 0]);
    await new Promise<void>((resolve) => { broker.log.afterDurable(resolve); });

    // then
    expect(broker.counts()['kept']).toEqual({ active: 2, deferred: 1, scheduled: 2, locked: 0, deadLetter: 2 });
    await broker.close();
    const again = await start();
    expect(again.counts()['kept']).toEqual({ active: 2, deferred: 1, scheduled: 2, locked: 0, deadLetter: 2 });
    await new Promise<void>((resolve) => { again.reset(resolve); });
    expect(again.counts()['kept']).toEqual({ active: 0, deferred: 0, scheduled: 0, locked: 0, deadLetter: 0 });
    await again.close();
    own.remove();
  });
});
