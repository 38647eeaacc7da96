import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'the next available session is one with messages that nobody holds',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b', 'c'].map((sessionId) => ({ body: sessionId, sessionId })));
    await bus.acceptSession('orders', 'b');
    const accepted = [await bus.acceptNextSession('orders'), await bus.acceptNextSession('orders')];
    expect(accepted.map(({ sessionId }) => sessionId).toSorted()).toEqual(['a', 'c']);
  },
};
