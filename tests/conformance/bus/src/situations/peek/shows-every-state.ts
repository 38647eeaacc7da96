import { documented, type Situation } from '../../situation.ts';
import { messagesOf, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'peeking shows active, locked, deferred and scheduled messages in the order of their numbers, each with its state',
  source: documented('message-browsing', 'Message browsing'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages(messagesOf('deferred', 'locked', 'active'));
    await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 60_000));
    const receiver = bus.receiver('orders');
    await receiver.deferMessage(await receiveOne(receiver));
    await receiveOne(receiver);
    expect((await bus.peek('orders')).map(({ body, state }) => [body as unknown, state])).toEqual([
      ['deferred', 'deferred'], ['locked', 'active'], ['active', 'active'], ['scheduled', 'scheduled'],
    ]);
  },
};
