import { documented, type Situation } from '../../situation.ts';
import { bodies, messagesOf, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'peeking from a number shows the messages with that number and later ones',
  source: documented('message-browsing', 'Message browsing'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b', 'c'));
    const [, second] = await bus.peek('orders');
    if (!second) throw new Error('Three were sent.');
    expect(bodies(await bus.receiver('orders').peekMessages(10, { fromSequenceNumber: sequenceOf(second) }))).toEqual(['b', 'c']);
    expect(bodies(await bus.receiver('orders').peekMessages(10, { fromSequenceNumber: sequenceOf(second).add(5) }))).toEqual([]);
  },
};
