import { documented, type Situation } from '../../situation.ts';
import { messagesOf, receive, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an abandoned message is available at once, at its old place, with one delivery more',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('first', 'second'));
    const receiver = bus.receiver('orders');
    const first = await receiveOne(receiver);
    await receiver.abandonMessage(first);
    const [again, second] = await receive(receiver, 2);
    expect(again).toMatchObject({ body: 'first', deliveryCount: 1 });
    expect(again?.sequenceNumber?.toString()).toBe(first.sequenceNumber?.toString());
    expect(second).toMatchObject({ body: 'second', deliveryCount: 0 });
  },
};
