import { documented, type Situation } from '../../situation.ts';
import { bodies, receive, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'messages of one sender are numbered and delivered in the order in which they were accepted',
  source: documented('message-sequencing', 'Sequence number'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const sent = Array.from({ length: 20 }, (_unused, index) => `order ${index}`);
    for (const body of sent) await sender.sendMessages({ body });
    const received = await receive(bus.receiver('orders'), sent.length);
    expect(bodies(received)).toEqual(sent);
    const numbers = received.map((message) => sequenceOf(message).toNumber());
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(sent.length);
  },
};
