import { documented, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the messages of a session come in their order, and no other session is mixed in',
  source: documented('message-sessions', 'First-in, first out (FIFO) pattern'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    const interleaved = Array.from({ length: 20 }, (_unused, index) => ({ body: index, sessionId: index % 2 === 0 ? 'even' : 'odd' }));
    await bus.sender('orders').sendMessages(interleaved);
    const received = await receive(await bus.acceptSession('orders', 'odd'), 10);
    expect(bodies(received)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    expect(new Set(received.map(({ sessionId }) => sessionId))).toEqual(new Set(['odd']));
  },
};
