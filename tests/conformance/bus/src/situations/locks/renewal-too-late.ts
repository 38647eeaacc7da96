import { shortLock } from '../../harness/platform.ts';
import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a lock that has ended cannot be renewed: MessageLockLost',
  source: clientTests('renewLock: renew after expiry'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await sleep(shortLock.ms + 500);
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  },
};
