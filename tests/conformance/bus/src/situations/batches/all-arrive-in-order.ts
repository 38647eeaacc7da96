import { documented, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the messages of a batch arrive all of them, in their order',
  source: documented('service-bus-performance-improvements', 'Client-side batching'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const batch = await sender.createMessageBatch();
    const sent = Array.from({ length: 200 }, (_unused, index) => `line ${index}`);
    for (const body of sent) expect(batch.tryAddMessage({ body, applicationProperties: { of: body } })).toBe(true);
    await sender.sendMessages(batch);
    const received = await receive(bus.receiver('orders', { receiveMode: 'receiveAndDelete' }), sent.length);
    expect(bodies(received)).toEqual(sent);
    expect(received.map(({ applicationProperties }) => applicationProperties?.['of'])).toEqual(sent);
  },
};
