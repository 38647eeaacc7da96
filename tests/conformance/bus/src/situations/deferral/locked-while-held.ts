import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne, sequenceOf, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a deferred message that somebody holds cannot be received by another, and is deferred again when the lock ends',
  source: documented('message-deferral', 'Retrieving deferred messages'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const number = sequenceOf(message);
    expect(await receiver.receiveDeferredMessages(number)).toHaveLength(1);
    await expect(receiver.receiveDeferredMessages(number)).rejects.toMatchObject({ code: 'MessageNotFound' });
    await sleep(shortLock.ms + 300);
    await expectNothing(receiver);
    expect(await receiver.receiveDeferredMessages(number)).toHaveLength(1);
  },
};
