import { assumed, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a dead letter keeps the time at which it was first enqueued',
  source: assumed('it is the same message; the documentation of the dead-letter queue does not mention its times'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await sleep(200);
    await receiver.deadLetterMessage(message);
    expect((await receiveOne(bus.deadLetters('orders'))).enqueuedTimeUtc).toEqual(message.enqueuedTimeUtc);
  },
};
