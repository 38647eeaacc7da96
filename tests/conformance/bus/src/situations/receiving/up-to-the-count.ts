import { clientTests, type Situation } from '../../situation.ts';
import { bodies, messagesOf, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a receiver gets no more messages than it asks for',
  source: clientTests('batchReceiver: receive n of m messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b', 'c'));
    const receiver = bus.receiver('orders');
    expect(bodies(await receive(receiver, 2))).toEqual(['a', 'b']);
    expect(bodies(await receive(receiver, 1))).toEqual(['c']);
  },
};
