import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'who waits for the next session gets the one whose first message arrives',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    const waiting = bus.acceptNextSession('orders');
    await sleep(100);
    await bus.sender('orders').sendMessages({ body: 'first', sessionId: 'new' });
    const session = await waiting;
    expect(session.sessionId).toBe('new');
    expect((await receiveOne(session)).body).toBe('first');
  },
};
