import { documented, type Situation } from '../../situation.ts';
import { receive, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an abandoned message of a session is the next one to be received from it',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b', 'c'].map((body) => ({ body, sessionId: 's' })));
    const session = await bus.acceptSession('orders', 's');
    await session.abandonMessage(await receiveOne(session));
    expect((await receive(session, 3)).map(({ body, deliveryCount }) => [body as unknown, deliveryCount])).toEqual([['a', 1], ['b', 0], ['c', 0]]);
  },
};
