import { clientTests, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a session can be received from in receive-and-delete mode',
  source: clientTests('sessions: receiveAndDelete'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b'].map((body) => ({ body, sessionId: 's' })));
    const session = await bus.acceptSession('orders', 's', { receiveMode: 'receiveAndDelete' });
    expect(bodies(await receive(session, 2))).toEqual(['a', 'b']);
    await session.close();
    expect(await bus.peek('orders')).toEqual([]);
  },
};
