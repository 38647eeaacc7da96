import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a deferred message received in receive-and-delete mode is gone',
  source: clientTests('deferredMessages: receiveAndDelete'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [deferred] = await bus.receiver('orders', { receiveMode: 'receiveAndDelete' }).receiveDeferredMessages(sequenceOf(message));
    expect(deferred?.body).toBe(1);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
