import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'who held an older lock cannot settle the message from under its new holder',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const [old, next] = [bus.receiver('orders'), bus.receiver('orders')];
    const stale = await receiveOne(old);
    const fresh = await receiveOne(next);
    await expect(old.completeMessage(stale)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await next.completeMessage(fresh);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
