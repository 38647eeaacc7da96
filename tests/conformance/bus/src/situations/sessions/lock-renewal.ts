import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a renewed session lock covers its messages too',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true, lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 's' });
    const session = await bus.acceptSession('orders', 's');
    const message = await receiveOne(session);
    const first = session.sessionLockedUntilUtc.getTime();
    for (let renewal = 0; renewal < 4; renewal += 1) {
      await sleep(shortLock.ms / 3);
      expect((await session.renewSessionLock()).getTime()).toBeGreaterThan(first);
    }
    await session.completeMessage(message);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
