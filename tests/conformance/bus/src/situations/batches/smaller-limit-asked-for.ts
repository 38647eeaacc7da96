import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a batch may be asked to be smaller than the entity takes, and not to be larger',
  source: clientTests('batchReceiver: createMessageBatch with maxSizeInBytes'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const small = await sender.createMessageBatch({ maxSizeInBytes: 500 });
    expect(small.tryAddMessage({ body: Buffer.alloc(600) })).toBe(false);
    await expect(sender.createMessageBatch({ maxSizeInBytes: 1024 * 1024 * 1024 })).rejects.toThrow(/greater than maximum message size/);
  },
};
