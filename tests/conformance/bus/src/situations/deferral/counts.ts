import { observed, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'deferring counts as a delivery even where it is the last one allowed: then the message is dead-lettered instead',
  source: observed('Azure/azure-service-bus#375'),
  entities: { queues: { orders: { maxDeliveryCount: 1 } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'only once' });
    const receiver = bus.receiver('orders');
    await receiver.deferMessage(await receiveOne(receiver));
    expect(await bus.peek('orders')).toEqual([]);
    expect((await receiveOne(bus.deadLetters('orders'))).deadLetterReason).toBe('MaxDeliveryCountExceeded');
  },
};
