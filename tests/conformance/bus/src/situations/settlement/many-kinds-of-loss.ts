import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message that another has completed cannot be settled with an older lock: MessageLockLost, every time it is tried',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const [old, next] = [bus.receiver('orders'), bus.receiver('orders')];
    const stale = await receiveOne(old);
    await next.completeMessage(await receiveOne(next));
    await expect(old.abandonMessage(stale)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await expect(old.renewMessageLock(stale)).rejects.toMatchObject({ code: 'MessageLockLost' });
    expect(await bus.peek('orders')).toEqual([]);
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
  },
};
