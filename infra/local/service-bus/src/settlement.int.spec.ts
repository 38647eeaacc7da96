import { randomBytes } from 'node:crypto';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { startTestBus, sleep, type TestBus, topologyOf } from './testing/bus.ts';

let test: TestBus;

beforeAll(async () => {
  test = await startTestBus(topologyOf([
    { Name: 'orders' },
    { Name: 'three-tries', Properties: { MaxDeliveryCount: 3 } },
    { Name: 'short-lock', Properties: { LockDuration: 'PT0.4S' } },
    { Name: 'expiring', Properties: { DeadLetteringOnMessageExpiration: true } },
  ]));
});
afterAll(() => test[Symbol.asyncDispose]());

async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3000 });
  if (!message) throw new Error('No message arrived.');
  return message;
}

describe('sending and receiving', () => {
  it('gives the receiver what was sent, and nothing after it is completed', async () => {
    // given
    const receiver = test.client.createReceiver('orders');
    const sent = { body: { total: 12 }, messageId: 'id', subject: 's', correlationId: 'c', contentType: 'application/json', to: 't', replyTo: 'r', applicationProperties: { text: 'ä', whole: 7, half: 0.5, yes: true } };

    // when
    await test.client.createSender('orders').sendMessages(sent);
    const message = await receiveOne(receiver);
    await receiver.completeMessage(message);

    // then
    expect(message).toMatchObject({ ...sent, deliveryCount: 0, state: 'active' });
    expect(message.lockedUntilUtc?.getTime()).toBeGreaterThan(Date.now() + 50_000);
    expect(await receiver.peekMessages(1)).toEqual([]);
    await receiver.close();
  });

  it('keeps the order of a batch of a hundred', async () => {
    // given
    const receiver = test.client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });

    // when
    await test.client.createSender('orders').sendMessages(Array.from({ length: 100 }, (_unused, index) => ({ body: index })));
    const received: unknown[] = [];
    while (received.length < 100) received.push(...(await receiver.receiveMessages(100)).map(({ body }) => body as unknown));

    // then
    expect(received).toEqual(Array.from({ length: 100 }, (_unused, index) => index));
    await receiver.close();
  });

  it('brings 200 KB back byte by byte', async () => {
    // given
    const receiver = test.client.createReceiver('orders');
    const body = randomBytes(200 * 1024);

    // when
    await test.client.createSender('orders').sendMessages({ body });
    const message = await receiveOne(receiver);

    // then
    expect(body.equals(message.body as Buffer)).toBe(true);
    await receiver.completeMessage(message);
    await receiver.close();
  });

  it('gives a message without an id one', async () => {
    const receiver = test.client.createReceiver('orders');
    await test.client.createSender('orders').sendMessages({ body: 1, applicationProperties: { a: 'b' } });
    const message = await receiveOne(receiver);
    expect(message.messageId).toMatch(/^[0-9a-f]{32}$/);
    expect(message.applicationProperties).toEqual({ a: 'b' });
    await receiver.completeMessage(message);
    await receiver.close();
  });

  it('refuses more than 256 KB', async () => {
    const sending = test.client.createSender('orders').sendMessages({ body: randomBytes(300 * 1024) });
    await expect(sending).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  });

  it.each(['nowhere', 'orders/Subscriptions/none'])('refuses the missing entity %s at once', async (name) => {
    const started = Date.now();
    await expect(test.client.createReceiver(name).peekMessages(1)).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await expect(test.client.createSender(name).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it('shows waiting messages without taking them', async () => {
    // given
    const sender = test.client.createSender('orders');
    const receiver = test.client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    await sender.sendMessages([{ body: 'a' }, { body: 'b' }]);

    // when
    const peeked = await receiver.peekMessages(10);

    // then
    expect(peeked.map(({ body }) => body as unknown)).toEqual(['a', 'b']);
    expect(peeked[0]?.lockedUntilUtc).toBeUndefined();
    expect((await receiver.receiveMessages(2)).length).toBe(2);
    await receiver.close();
  });
});

describe('settling', () => {
  it('counts an abandoned delivery and applies the changed properties', async () => {
    // given
    const receiver = test.client.createReceiver('orders');
    await test.client.createSender('orders').sendMessages({ body: 1, applicationProperties: { keep: 1, change: 'x' } });

    // when
    await receiver.abandonMessage(await receiveOne(receiver), { change: 'y', added: true });
    const again = await receiveOne(receiver);

    // then
    expect(again).toMatchObject({ deliveryCount: 1, applicationProperties: { keep: 1, change: 'y', added: true } });
    await receiver.completeMessage(again);
    await receiver.close();
  });

  it('dead-letters after the last allowed delivery, and says why', async () => {
    // given
    const receiver = test.client.createReceiver('three-tries');
    await test.client.createSender('three-tries').sendMessages({ body: 'poison' });

    // when
    const counts: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const message = await receiveOne(receiver);
      counts.push(message.deliveryCount);
      await receiver.abandonMessage(message);
    }

    // then
    expect(counts).toEqual([0, 1, 2]);
    const deadLetters = test.client.createReceiver('three-tries', { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({ body: 'poison', deadLetterReason: 'MaxDeliveryCountExceeded' });
    await deadLetters.completeMessage(dead);
    await receiver.close();
    await deadLetters.close();
  });

  it('dead-letters on request with reason, description and properties, keeping the sequence number', async () => {
    // given
    const receiver = test.client.createReceiver('orders');
    await test.client.createSender('orders').sendMessages({ body: 'bad', applicationProperties: { tenant: 'a' } });
    const message = await receiveOne(receiver);

    // when
    await receiver.deadLetterMessage(message, { deadLetterReason: 'Invalid', deadLetterErrorDescription: 'No lines.', signature: 'f00' });

    // then
    const deadLetters = test.client.createReceiver('orders', { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({
      body: 'bad', deliveryCount: 0, deadLetterReason: 'Invalid', deadLetterErrorDescription: 'No lines.',
      applicationProperties: { tenant: 'a', signature: 'f00' },
    });
    expect(dead.sequenceNumber).toEqual(message.sequenceNumber);
    await deadLetters.completeMessage(dead);
    await receiver.close();
    await deadLetters.close();
  });

  it('sets a deferred message aside until it is asked for by number', async () => {
    // given
    const receiver = test.client.createReceiver('orders');
    await test.client.createSender('orders').sendMessages({ body: 'later' });
    const message = await receiveOne(receiver);

    // when
    await receiver.deferMessage(message);
    const none = await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 });
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? 0 as never);

    // then
    expect(none).toEqual([]);
    expect(deferred).toMatchObject({ body: 'later', deliveryCount: 1, state: 'deferred' });
    if (deferred) await receiver.completeMessage(deferred);
    await expect(receiver.receiveDeferredMessages(message.sequenceNumber ?? 0 as never)).rejects.toMatchObject({ code: 'MessageNotFound' });
    await receiver.close();
  });
});

describe('locks and time', () => {
  it('gives the message to another receiver when its lock ends, and refuses the first one', async () => {
    // given
    const slow = test.client.createReceiver('short-lock', { maxAutoLockRenewalDurationInMs: 0 });
    await test.client.createSender('short-lock').sendMessages({ body: 1 });
    const first = await receiveOne(slow);

    // when
    await sleep(500);

    // then
    await expect(slow.completeMessage(first)).rejects.toMatchObject({ code: 'MessageLockLost' });
    const second = await receiveOne(slow);
    expect(second.deliveryCount).toBe(1);
    await slow.completeMessage(second);
    await slow.close();
  });

  it('keeps a lock that is renewed', async () => {
    // given
    const receiver = test.client.createReceiver('short-lock', { maxAutoLockRenewalDurationInMs: 0 });
    await test.client.createSender('short-lock').sendMessages({ body: 1 });
    const message = await receiveOne(receiver);

    // when
    await sleep(250);
    await receiver.renewMessageLock(message);
    await sleep(250);

    // then
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
    await receiver.close();
  });

  it('dead-letters what outlives its time to live', async () => {
    // given
    await test.client.createSender('expiring').sendMessages([{ body: 'old', timeToLive: 100 }, { body: 'young', timeToLive: 60_000 }]);

    // when
    await sleep(200);

    // then
    const receiver = test.client.createReceiver('expiring');
    expect((await receiver.peekMessages(5)).map(({ body }) => body as unknown)).toEqual(['young']);
    const deadLetters = test.client.createReceiver('expiring', { subQueueType: 'deadLetter' });
    expect(await receiveOne(deadLetters)).toMatchObject({ body: 'old', deadLetterReason: 'TTLExpiredException' });
    await receiver.close();
    await deadLetters.close();
  });
});
