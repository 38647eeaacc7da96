import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { messagesOf, receive, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'settling after the lock has ended fails with MessageLockLost, and the message is still there',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('complete', 'abandon', 'defer', 'dead-letter'));
    const receiver = bus.receiver('orders');
    const [complete, abandon, defer, deadLetter] = await receive(receiver, 4);
    if (!complete || !abandon || !defer || !deadLetter) throw new Error('Four were received.');
    await sleep(shortLock.ms + 500);
    const lost = { code: 'MessageLockLost', retryable: false };
    await expect(receiver.completeMessage(complete)).rejects.toMatchObject(lost);
    await expect(receiver.abandonMessage(abandon)).rejects.toMatchObject(lost);
    await expect(receiver.deferMessage(defer)).rejects.toMatchObject(lost);
    await expect(receiver.deadLetterMessage(deadLetter)).rejects.toMatchObject(lost);
    expect((await bus.peek('orders')).map(({ state, deliveryCount }) => [state, deliveryCount])).toEqual(Array.from({ length: 4 }, () => ['active', 1]));
  },
};
