import { clientTests, type Situation } from '../../situation.ts';
import { messagesOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'messages can be iterated over, one at a time',
  source: clientTests('streamingReceiver: getMessageIterator'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b'));
    const receiver = bus.receiver('orders');
    const seen: unknown[] = [];
    for await (const message of receiver.getMessageIterator()) {
      seen.push(message.body);
      await receiver.completeMessage(message);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['a', 'b']);
  },
};
