import { documented, type Situation } from '../../situation.ts';
import { bodies, messagesOf, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'messages that are not in a session may be settled in any order',
  source: documented('message-transfers-locks-settlement', 'Settling receive operations'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b', 'c', 'd', 'e'));
    const receiver = bus.receiver('orders');
    const received = await receive(receiver, 5);
    for (const index of [3, 0, 4]) {
      const message = received[index];
      if (message) await receiver.completeMessage(message);
    }
    expect(bodies(await bus.peek('orders'))).toEqual(['b', 'c']);
  },
};
