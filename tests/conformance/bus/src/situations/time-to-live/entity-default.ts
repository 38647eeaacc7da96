import { documented, type Situation } from '../../situation.ts';
import { receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message without a time to live has the entity\'s, and a longer one is cut down to it',
  source: documented('message-expiration', 'Entity-level expiration'),
  entities: { queues: { orders: { defaultMessageTimeToLive: 'PT5M' } } },
  async run(bus) {
    await bus.sender('orders').sendMessages([{ body: 'none' }, { body: 'longer', timeToLive: 3_600_000 }, { body: 'shorter', timeToLive: 60_000 }]);
    const lives = (await receive(bus.receiver('orders'), 3)).map(({ enqueuedTimeUtc, expiresAtUtc }) => (expiresAtUtc?.getTime() ?? 0) - (enqueuedTimeUtc?.getTime() ?? 0));
    expect(lives).toEqual([300_000, 300_000, 60_000]);
  },
};
