import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a renewed lock lasts its whole duration again',
  source: documented('message-transfers-locks-settlement', 'Renew locks'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    const first = message.lockedUntilUtc?.getTime() ?? 0;
    for (let renewal = 0; renewal < 4; renewal += 1) {
      await sleep(shortLock.ms / 3);
      const renewed = await receiver.renewMessageLock(message);
      expect(renewed.getTime()).toBeGreaterThan(first);
      expect(message.lockedUntilUtc?.getTime()).toBe(renewed.getTime());
    }
    await receiver.completeMessage(message);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
