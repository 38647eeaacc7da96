import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'each subscription of a topic may have its own time to live',
  source: documented('message-expiration', 'Entity-level expiration'),
  entities: { topics: { news: { subscriptions: { short: { defaultMessageTimeToLive: 'PT1S', deadLetteringOnMessageExpiration: true }, long: {} } } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 1 });
    await sleep(1500);
    await expectNothing(bus.receiver('news/short'));
    expect((await receiveOne(bus.deadLetters('news/short'))).deadLetterReason).toBe('TTLExpiredException');
    expect((await receiveOne(bus.receiver('news/long'))).body).toBe(1);
  },
};
