import { documented, type Situation } from '../../situation.ts';
import { receive, sortedBodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'sends need not wait for each other, and each that was accepted is there once',
  source: documented('message-transfers-locks-settlement', 'Settling send operations'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const sent = Array.from({ length: 150 }, (_unused, index) => String(index));
    await Promise.all(sent.map((body) => sender.sendMessages({ body })));
    const received = await receive(bus.receiver('orders', { receiveMode: 'receiveAndDelete' }), sent.length);
    expect(sortedBodies(received)).toEqual(sent.toSorted());
  },
};
