import { shortLock } from '../../harness/platform.ts';
import { clientTests, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'closing a receiver does not return what it had locked: that happens when the lock ends',
  source: clientTests('renewLock: messages stay locked after close'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'held' });
    const first = bus.receiver('orders');
    await receiveOne(first);
    await first.close();
    const second = bus.receiver('orders');
    await expectNothing(second);
    expect(await receiveOne(second)).toMatchObject({ body: 'held', deliveryCount: 1 });
  },
};
