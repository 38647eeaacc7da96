import { eventually, startTestBus, sleep, type TestBus, topologyOf } from './testing/bus.ts';

let test: TestBus;
const SUBSCRIPTION = { Name: 'worker', Properties: { RequiresSession: true } };

beforeAll(async () => {
  test = await startTestBus(topologyOf([], [
    { Name: 'sales', Subscriptions: [SUBSCRIPTION] },
    { Name: 'next', Subscriptions: [SUBSCRIPTION] },
    { Name: 'quick', Subscriptions: [{ Name: 'worker', Properties: { RequiresSession: true, LockDuration: 'PT0.4S' } }] },
  ]));
});
afterAll(() => test[Symbol.asyncDispose]());

const send = (topic: string, sessionId: string, bodies: readonly unknown[]): Promise<void> =>
  test.client.createSender(topic).sendMessages(bodies.map((body) => ({ body, sessionId })));

describe('sessions', () => {
  it('routes each message of a batch to its own session, in order', async () => {
    // given
    await test.client.createSender('sales').sendMessages(Array.from({ length: 40 }, (_unused, index) => ({ body: index, sessionId: `store-${index % 2}` })));

    // when
    const odd = await test.client.acceptSession('sales', 'worker', 'store-1');
    const messages = await odd.receiveMessages(20);

    // then
    expect(messages.map(({ body }) => body as unknown)).toEqual(Array.from({ length: 20 }, (_unused, index) => index * 2 + 1));
    expect(new Set(messages.map(({ sessionId }) => sessionId))).toEqual(new Set(['store-1']));
    await Promise.all(messages.map((message) => odd.completeMessage(message)));
    await odd.close();
  });

  it('has one owner at a time', async () => {
    const owner = await test.client.acceptSession('sales', 'worker', 'owned');
    await expect(test.newClient().acceptSession('sales', 'worker', 'owned')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
    await owner.close();
    const next = await test.newClient().acceptSession('sales', 'worker', 'owned');
    await next.close();
  });

  it('returns unsettled messages uncounted when the receiver closes', async () => {
    // given
    await send('sales', 'closing', ['a', 'b']);
    const first = await test.client.acceptSession('sales', 'worker', 'closing');
    await first.receiveMessages(2);

    // when
    await first.close();

    // then
    const second = await test.client.acceptSession('sales', 'worker', 'closing');
    const again = await second.receiveMessages(2);
    expect(again.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([['a', 0], ['b', 0]]);
    await Promise.all(again.map((message) => second.completeMessage(message)));
    await second.close();
  });

  it('is free at once, its messages uncounted, when the connection is lost', async () => {
    // given
    await send('sales', 'lost', ['a']);
    const first = await test.newClient().acceptSession('sales', 'worker', 'lost');
    await first.receiveMessages(1);

    // when
    test.bus.applyFaults({ dropConnections: true });

    // then
    await eventually(async () => {
      const second = await test.newClient().acceptSession('sales', 'worker', 'lost');
      const [message] = await second.receiveMessages(1);
      expect(message).toMatchObject({ body: 'a', deliveryCount: 0 });
      if (message) await second.completeMessage(message);
      await second.close();
    });
  });

  it('hands the next available session to whoever waits for one', async () => {
    // given
    const waiting = test.client.acceptNextSession('next', 'worker');
    await sleep(50);

    // when
    await send('next', 'fresh', [1]);

    // then
    const receiver = await waiting;
    expect(receiver.sessionId).toBe('fresh');
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.completeMessage(message);
    await receiver.close();
  });

  it('answers that no session is there when none comes in time', async () => {
    const client = test.newClient(1000);
    await expect(client.acceptNextSession('quick', 'worker', { maxAutoLockRenewalDurationInMs: 0 })).rejects.toMatchObject({ code: 'ServiceTimeout' });
  });

  it('keeps the state of a session from one owner to the next', async () => {
    // given
    const first = await test.client.acceptSession('sales', 'worker', 'stateful');
    expect(await first.getSessionState()).toBeNull();

    // when
    await first.setSessionState({ step: 3 });
    await first.close();

    // then
    const second = await test.client.acceptSession('sales', 'worker', 'stateful');
    expect(await second.getSessionState()).toEqual({ step: 3 });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
    await second.close();
  });

  it('takes the session away when its lock ends, and counts the delivery', async () => {
    // given
    await send('quick', 'slow', ['a']);
    const first = await test.client.acceptSession('quick', 'worker', 'slow', { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await first.receiveMessages(1);

    // when
    await sleep(600);

    // then
    if (message) await expect(first.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    const second = await test.newClient().acceptSession('quick', 'worker', 'slow');
    const [again] = await second.receiveMessages(1);
    expect(again).toMatchObject({ body: 'a', deliveryCount: 1 });
    await second.close();
  });

  it('keeps the session of an owner who renews its lock', async () => {
    const owner = await test.client.acceptSession('quick', 'worker', 'renewed', { maxAutoLockRenewalDurationInMs: 0 });
    await sleep(250);
    await owner.renewSessionLock();
    await sleep(250);
    await owner.setSessionState(1);
    await owner.close();
  });

  it('pumps eight sessions at once with manual completion', async () => {
    // given
    const count = 400;
    await test.client.createSender('sales').sendMessages(Array.from({ length: count }, (_unused, index) => ({ body: index, sessionId: `p${index % 8}` })));
    const receivers = await Promise.all(Array.from({ length: 8 }, (_unused, index) => test.client.acceptSession('sales', 'worker', `p${index}`)));
    const seen = receivers.map((): number[] => []);

    // when
    await new Promise<void>((resolve, reject) => {
      let completed = 0;
      receivers.forEach((receiver, index) => receiver.subscribe({
        processMessage: async (message) => {
          seen[index]?.push(message.body as number);
          await receiver.completeMessage(message);
          completed += 1;
          if (completed === count) resolve();
        },
        processError: async ({ error }) => { await Promise.resolve(); reject(error); },
      }, { autoCompleteMessages: false, maxConcurrentCalls: 256 }));
    });

    // then
    for (const [index, bodies] of seen.entries()) expect(bodies).toEqual(Array.from({ length: count / 8 }, (_unused, turn) => turn * 8 + index));
    await Promise.all(receivers.map((receiver) => receiver.close()));
  });

  it('dead-letters, per subscription, a message that names no session', async () => {
    await test.client.createSender('next').sendMessages({ body: 'stray' });
    const [dead] = await test.client.createReceiver('next', 'worker', { subQueueType: 'deadLetter' }).receiveMessages(1);
    expect(dead).toMatchObject({ body: 'stray', deadLetterReason: 'Session ID is null.' });
  });
});
