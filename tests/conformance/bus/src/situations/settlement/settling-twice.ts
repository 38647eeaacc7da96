import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message can be settled once: a second settlement fails, and changes nothing',
  source: clientTests('receiver: settling an already settled message'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.completeMessage(message);
    await expect(receiver.deadLetterMessage(message)).rejects.toThrow();
    expect(await bus.peek('orders')).toEqual([]);
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
  },
};
