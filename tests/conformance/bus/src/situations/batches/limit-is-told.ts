import { documented, type Situation } from '../../situation.ts';
import { receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a batch holds what the entity takes at most and refuses the message that would be too much',
  source: documented('service-bus-quotas', 'Message size for a queue, topic, or subscription entity'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBeGreaterThanOrEqual(256 * 1024);
    const piece = { body: Buffer.alloc(Math.floor(batch.maxSizeInBytes / 3)) };
    expect([batch.tryAddMessage(piece), batch.tryAddMessage(piece), batch.tryAddMessage(piece)]).toEqual([true, true, false]);
    await sender.sendMessages(batch);
    await receive(bus.receiver('orders'), 2);
  },
};
