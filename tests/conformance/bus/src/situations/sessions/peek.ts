import { documented, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a session receiver peeks at its own session only',
  source: documented('message-browsing', 'Peek a message with sessions'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b', 'a'].map((sessionId, index) => ({ body: index, sessionId })));
    const session = await bus.acceptSession('orders', 'a');
    expect(bodies(await session.peekMessages(10))).toEqual([0, 2]);
    expect(bodies(await bus.peek('orders'))).toEqual([0, 1, 2]);
  },
};
