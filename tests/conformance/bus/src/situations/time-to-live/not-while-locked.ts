import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a locked message does not expire: it can still be completed',
  source: documented('message-expiration', 'Message expiration (Time to Live)'),
  entities: { queues: { orders: { deadLetteringOnMessageExpiration: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, timeToLive: 2000 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await sleep(2500);
    await receiver.completeMessage(message);
    expect(await bus.peek('orders')).toEqual([]);
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
  },
};
