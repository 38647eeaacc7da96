import { documented, type Situation } from '../../situation.ts';
import { expectNothing, messagesOf, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a locked message is delivered to nobody else',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('locked', 'free'));
    await receiveOne(bus.receiver('orders'));
    const other = bus.receiver('orders');
    expect((await receiveOne(other)).body).toBe('free');
    await expectNothing(other);
  },
};
