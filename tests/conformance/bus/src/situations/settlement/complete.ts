import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a completed message is gone for good',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await bus.peek('orders')).toEqual([]);
  },
};
