import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a received message tells until when it is locked, and by which token',
  source: documented('message-transfers-locks-settlement', 'PeekLock'),
  entities: { queues: { orders: { lockDuration: 'PT45S' } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const { lockedUntilUtc, lockToken } = await receiveOne(bus.receiver('orders'));
    const leftMs = (lockedUntilUtc?.getTime() ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan(20_000);
    expect(leftMs).toBeLessThan(60_000);
    expect(lockToken).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  },
};
