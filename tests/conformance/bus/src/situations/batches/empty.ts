import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'sending a batch without messages does nothing',
  source: clientTests('batchReceiver: empty batch'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages(await sender.createMessageBatch());
    await sender.sendMessages([]);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
