import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { FaultSpec } from './fault/fault-spec.ts';
import { eventually, startTestBus, sleep, type TestBus, topologyOf } from './testing/bus.ts';

/** What the unmodified client sees of each fault. */
let test: TestBus;
/** Gives up after half a second, for replies that never come. */
let impatient: ServiceBusClient;

beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'orders' }, { Name: 'others' }, { Name: 'grouped', Properties: { RequiresSession: true } }]));
  impatient = test.newClient(700);
});
afterAll(() => test[Symbol.asyncDispose]());
afterEach(async () => {
  inject();
  await fetch(`http://localhost:${test.bus.port}/reset`, { method: 'POST' });
});

function inject(...faults: readonly FaultSpec[]): void {
  test.bus.applyFaults({ clear: true, inject: faults });
}

async function receiveOne(receiver: ServiceBusReceiver, maxWaitTimeInMs = 3000): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs });
  if (!message) throw new Error('No message came.');
  return message;
}

async function waiting(queue = 'orders'): Promise<number> {
  const receiver = test.client.createReceiver(queue);
  const found = await receiver.peekMessages(10);
  await receiver.close();
  return found.length;
}

describe('a send', () => {
  it.each([
    ['server-busy', 'ServiceBusy'],
    ['quota-full', 'QuotaExceeded'],
  ] as const)('that meets %s fails with %s, as often as asked and for that entity only', async (fault, code) => {
    // given
    inject({ fault, entity: 'orders', times: 2 });
    const sender = test.client.createSender('orders');

    // then
    await test.client.createSender('others').sendMessages({ body: 0 });
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject({ code });
    await expect(sender.sendMessages({ body: 2 })).rejects.toMatchObject({ code });
    await sender.sendMessages({ body: 3 });
    expect(await waiting()).toBe(1);
  });

  it('meets a fault only when the message is of the kind asked for, alone or in a batch', async () => {
    inject({ fault: 'server-busy', times: 2, where: "sys.Label = 'bad' AND weight > 2" });
    const sender = test.client.createSender('orders');
    const bad = { body: 0, subject: 'bad', applicationProperties: { weight: 3 } };
    await sender.sendMessages({ body: 1, subject: 'good', applicationProperties: { weight: 3 } });
    await sender.sendMessages({ body: 2, subject: 'bad', applicationProperties: { weight: 1 } });
    await expect(sender.sendMessages(bad)).rejects.toMatchObject({ code: 'ServiceBusy' });
    await expect(sender.sendMessages([{ body: 3 }, bad])).rejects.toMatchObject({ code: 'ServiceBusy' });
    expect(await waiting()).toBe(2);
  });

  it('meets a fault by chance, and by the same chance with the same seed', async () => {
    const sender = test.client.createSender('orders');
    const run = async (): Promise<string> => {
      inject({ fault: 'server-busy', times: 100, probability: 0.5, seed: 7 });
      const outcomes: string[] = [];
      for (let index = 0; index < 16; index += 1) outcomes.push(await sender.sendMessages({ body: index }).then(() => '.', () => 'x'));
      return outcomes.join('');
    };
    const first = await run();
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
    expect(await run()).toBe(first);
  });

  it('is refused as busy beyond the rate of a throttle', async () => {
    inject({ fault: 'throttle', entity: 'orders', perSecond: 3 });
    const sender = test.client.createSender('orders');
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_unused, body) => sender.sendMessages({ body })));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect(refused[0]?.reason).toMatchObject({ code: 'ServiceBusy' });
  });

  it('times out when it is lost, and is not kept', async () => {
    inject({ fault: 'lose-send' });
    await expect(impatient.createSender('orders').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'ServiceTimeout' });
    expect(await waiting()).toBe(0);
  });

  it('times out when its reply is lost, and is kept', async () => {
    inject({ fault: 'lose-send-reply' });
    await expect(impatient.createSender('orders').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'ServiceTimeout' });
    expect(await waiting()).toBe(1);
  });

  it('is kept when the connection drops before its reply', async () => {
    inject({ fault: 'drop-connection', on: 'send' });
    await expect(test.newClient(1500).createSender('orders').sendMessages({ body: 1 })).rejects.toBeDefined();
    expect(await waiting()).toBe(1);
  });
});

describe('a settlement', () => {
  it.each([
    ['lose-settlement', 1],
    ['lose-settlement-reply', 0],
  ] as const)('that meets %s times out; %d message is left', async (fault, left) => {
    // given
    await test.client.createSender('orders').sendMessages({ body: 1 });
    const receiver = impatient.createReceiver('orders');
    const message = await receiveOne(receiver);

    // when
    inject({ fault });

    // then
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'ServiceTimeout' });
    expect(await waiting()).toBe(left);
    await receiver.close();
  });

  it('has its effect when the connection drops before its reply', async () => {
    // given
    await test.client.createSender('orders').sendMessages({ body: 1 });
    const receiver = test.newClient(1500).createReceiver('orders');
    const message = await receiveOne(receiver);

    // when
    inject({ fault: 'drop-connection', on: 'settlement' });

    // then
    await expect(receiver.completeMessage(message)).rejects.toBeDefined();
    expect(await waiting()).toBe(0);
    await receiver.close();
  });

  it('is answered and yet the message comes twice', async () => {
    // given
    await test.client.createSender('orders').sendMessages({ body: 'again' });
    inject({ fault: 'deliver-twice' });
    const receiver = test.client.createReceiver('orders');

    // when
    await receiver.completeMessage(await receiveOne(receiver));

    // then
    const second = await receiveOne(receiver);
    expect(second).toMatchObject({ body: 'again', deliveryCount: 1 });
    await receiver.completeMessage(second);
    expect(await waiting()).toBe(0);
    await receiver.close();
  });

  it('is too late after the lock was ended', async () => {
    // given
    await test.client.createSender('orders').sendMessages({ body: 1 });
    const receiver = test.client.createReceiver('orders', { maxAutoLockRenewalDurationInMs: 0 });
    const message = await receiveOne(receiver);

    // when
    inject({ fault: 'expire-lock', entity: 'orders' });

    // then
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await receiver.close();
  });

  it('is too late after the session was taken away', async () => {
    // given
    await test.client.createSender('grouped').sendMessages({ body: 1, sessionId: 's' });
    const receiver = await test.client.acceptSession('grouped', 's');
    const message = await receiveOne(receiver);

    // when
    inject({ fault: 'expire-lock', entity: 'grouped' });
    await sleep(50);

    // then
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    await receiver.close();
  });
});

describe('the order', () => {
  it('changes between sessions and never within one', async () => {
    // given
    await test.client.createSender('orders').sendMessages(['a1', 'b1', 'a2', 'b2', 'a3'].map((body) => ({ body, sessionId: body.charAt(0) })));
    inject({ fault: 'reorder', entity: 'orders', times: 2 });

    // when
    const receiver = test.client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    const bodies = (await receiver.receiveMessages(5, { maxWaitTimeInMs: 500 })).map(({ body }) => String(body));

    // then
    expect(bodies.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
    expect(bodies).not.toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
    for (const session of ['a', 'b']) {
      const own = bodies.filter((body) => body.startsWith(session));
      expect(own).toEqual(own.toSorted());
    }
    await receiver.close();
  });

  it('gives the youngest session first', async () => {
    await test.client.createSender('grouped').sendMessages(['old', 'new'].map((sessionId) => ({ body: 1, sessionId })));
    inject({ fault: 'reorder', entity: 'grouped' });
    const receiver = await test.client.acceptNextSession('grouped');
    expect(receiver.sessionId).toBe('new');
    await receiver.close();
  });
});

describe('the connection', () => {
  it('is refused a token at $cbs', async () => {
    inject({ fault: 'refuse-auth', entity: 'orders' });
    const sender = test.newClient().createSender('orders');
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
    await sender.sendMessages({ body: 2 });
  });

  it('hears nothing of a renewal that is lost', async () => {
    // given
    await test.client.createSender('orders').sendMessages({ body: 1 });
    const receiver = test.newClient().createReceiver('orders');
    const [message] = await receiver.receiveMessages(1);
    if (!message) throw new Error('one was sent');

    // when
    inject({ fault: 'lose-renewal', entity: 'orders' });

    // then
    expect(await Promise.race([receiver.renewMessageLock(message), sleep(500).then(() => 'nothing')])).toBe('nothing');
    expect(await receiver.renewMessageLock(message)).toBeInstanceOf(Date);
    await receiver.completeMessage(message);
    inject({ fault: 'drop-connection' }); // What is not answered keeps a client from closing.
  });

  it.each(['drop-connection', 'detach'] as const)('that meets %s is made again, and the subscriber goes on', async (fault) => {
    // given
    const receiver = test.newClient().createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    const bodies: unknown[] = [];
    const subscription = receiver.subscribe({
      processMessage: async ({ body }) => { await Promise.resolve(); bodies.push(body); },
      processError: () => Promise.resolve(),
    });
    await sleep(150);

    // when
    inject({ fault, entity: 'orders' });
    await sleep(50);
    await test.newClient().createSender('orders').sendMessages({ body: 'after' });

    // then
    for (let waited = 0; bodies.length === 0 && waited < 8000; waited += 50) await sleep(50);
    expect(bodies).toEqual(['after']);
    await subscription.close();
    await receiver.close();
  }, 15_000);

  it('swallows everything in a black hole, and others are not disturbed', async () => {
    // given
    const client = test.newClient(700);
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 1 });

    // when
    inject({ fault: 'black-hole', entity: 'orders', forMs: 900 });

    // then
    await expect(sender.sendMessages({ body: 2 })).rejects.toMatchObject({ code: 'ServiceTimeout' });
    await test.client.createSender('others').sendMessages({ body: 3 });
    await eventually(() => sender.sendMessages({ body: 4 }));
    expect(await waiting()).toBe(2);
  }, 15_000);
});

describe('the endpoint', () => {
  const url = (bus = test.bus): string => `http://localhost:${bus.port}/faults`;

  it('takes, lists and clears faults', async () => {
    await fetch(url(), { method: 'POST', body: JSON.stringify({ inject: [{ fault: 'server-busy', entity: 'orders', times: 3 }] }) });
    expect(await (await fetch(url())).json()).toEqual([{ fault: 'server-busy', entity: 'orders', times: 3, struck: 0 }]);
    await fetch(url(), { method: 'POST', body: JSON.stringify({ clear: true }) });
    expect(await (await fetch(url())).json()).toEqual([]);
  });

  it.each([{ inject: [{ fault: 'earthquake' }] }, { inject: [{ fault: 'detach', when: 'now' }] }, { inject: {} }, { inject: [{ fault: 'detach', where: '1 = 1' }] }, { inject: [{ fault: 'lose-send', where: 'no sql (' }] }, { unknown: 1 }, []])('refuses %j', async (body) => {
    const response = await fetch(url(), { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(400);
  });

  it('is not there unless it is switched on', async () => {
    await using closed = await startTestBus(topologyOf([]), { faultsOverHttp: false });
    expect((await fetch(url(closed.bus), { method: 'POST', body: '{"dropConnections":true}' })).status).toBe(404);
  });
});
