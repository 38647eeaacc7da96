import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'messages of a session have no locks of their own to renew: theirs ends with the session\'s',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 's' });
    const session = await bus.acceptSession('orders', 's');
    const { lockedUntilUtc } = await receiveOne(session);
    expect(Math.abs((lockedUntilUtc?.getTime() ?? 0) - session.sessionLockedUntilUtc.getTime())).toBeLessThan(1000);
  },
};
