import { documented, type Situation } from '../../situation.ts';
import { because, messagesOf, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'different settlements, one after another, each end as they were asked for',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('complete', 'dead-letter', 'abandon', 'defer', 'complete too'));
    const receiver = bus.receiver('orders');
    for (const message of await receive(receiver, 5)) {
      if (message.body === 'dead-letter') await receiver.deadLetterMessage(message, because('asked'));
      else if (message.body === 'abandon') await receiver.abandonMessage(message);
      else if (message.body === 'defer') await receiver.deferMessage(message);
      else await receiver.completeMessage(message);
    }
    expect((await bus.peek('orders')).map(({ body, state }) => [body as unknown, state])).toEqual([['abandon', 'active'], ['defer', 'deferred']]);
    expect((await bus.peek('orders', 'deadLetter')).map(({ body, deadLetterReason }) => [body as unknown, deadLetterReason])).toEqual([['dead-letter', 'asked']]);
  },
};
