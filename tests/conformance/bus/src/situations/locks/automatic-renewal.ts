import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the client keeps a lock alive for as long as it is told to',
  source: documented('message-transfers-locks-settlement', 'Renew locks'),
  entities: { queues: { orders: { lockDuration: 'PT5S' } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders', { maxAutoLockRenewalDurationInMs: 60_000 });
    const message = await receiveOne(receiver);
    await sleep(7000);
    await receiver.completeMessage(message);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
