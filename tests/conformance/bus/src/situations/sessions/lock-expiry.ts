import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'when a session lock ends, its messages return with one delivery more, and settling them fails with SessionLockLost',
  source: documented('message-sessions', 'Impact of delivery count'),
  entities: { queues: { orders: { requiresSession: true, lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 's' });
    const late = await bus.acceptSession('orders', 's');
    const message = await receiveOne(late);
    await sleep(shortLock.ms + 500);
    await expect(late.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    expect((await receiveOne(await bus.acceptSession('orders', 's'))).deliveryCount).toBe(1);
  },
};
