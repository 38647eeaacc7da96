import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message expires at the time it was enqueued plus its time to live',
  source: documented('message-expiration', 'Message expiration (Time to Live)'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, timeToLive: 90_000 });
    const { enqueuedTimeUtc, expiresAtUtc } = await receiveOne(bus.receiver('orders'));
    expect((expiresAtUtc?.getTime() ?? 0) - (enqueuedTimeUtc?.getTime() ?? 0)).toBe(90_000);
  },
};
