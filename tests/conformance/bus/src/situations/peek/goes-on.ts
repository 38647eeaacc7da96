import { documented, type Situation } from '../../situation.ts';
import { bodies, messagesOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'peeking again goes on behind what was peeked before',
  source: documented('message-browsing', 'Message browsing'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b', 'c', 'd', 'e'));
    const receiver = bus.receiver('orders');
    expect(bodies(await receiver.peekMessages(2))).toEqual(['a', 'b']);
    expect(bodies(await receiver.peekMessages(2))).toEqual(['c', 'd']);
    expect(bodies(await receiver.peekMessages(2))).toEqual(['e']);
    expect(await receiver.peekMessages(2)).toEqual([]);
  },
};
