import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the time to live of a scheduled message begins when it is due',
  source: documented('message-expiration', 'Message expiration (Time to Live)'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').scheduleMessages({ body: 1, timeToLive: 60_000 }, new Date(Date.now() + 1000));
    const { enqueuedTimeUtc, expiresAtUtc } = await receiveOne(bus.receiver('orders'));
    expect((expiresAtUtc?.getTime() ?? 0) - (enqueuedTimeUtc?.getTime() ?? 0)).toBe(60_000);
    expect(expiresAtUtc?.getTime()).toBeGreaterThan(Date.now() + 30_000);
  },
};
