import { documented, type Situation } from '../../situation.ts';
import { messagesOf, receive, sortedBodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'receivers of one queue compete: each message goes to one of them',
  source: documented('service-bus-queues-topics-subscriptions', 'Queues'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sent = Array.from({ length: 30 }, (_unused, index) => String(index));
    await bus.sender('orders').sendMessages(messagesOf(...sent));
    const received = await Promise.all([1, 2, 3].map(() => receive(bus.receiver('orders'), 10)));
    expect(sortedBodies(received.flat())).toEqual(sent.toSorted());
  },
};
