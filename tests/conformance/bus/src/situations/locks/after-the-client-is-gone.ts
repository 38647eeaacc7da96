import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a client that goes away leaves its messages locked until their locks end',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const client = bus.newClient();
    await receiveOne(client.createReceiver(bus.nameOf('orders'), { maxAutoLockRenewalDurationInMs: 0 }));
    await client.close();
    const survivor = bus.receiver('orders');
    await expectNothing(survivor);
    expect((await receiveOne(survivor)).deliveryCount).toBe(1);
  },
};
