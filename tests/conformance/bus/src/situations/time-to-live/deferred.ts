import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a deferred message is not moved to the dead-letter queue when its time is up',
  source: documented('service-bus-dead-letter-queues', 'Time to live'),
  entities: { queues: { orders: { deadLetteringOnMessageExpiration: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, timeToLive: 2000 });
    const receiver = bus.receiver('orders');
    await receiver.deferMessage(await receiveOne(receiver));
    await sleep(2500);
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
    expect((await bus.peek('orders')).map(({ state }) => state)).toEqual(['deferred']);
  },
};
