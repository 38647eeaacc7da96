import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a peeked message is whole: body, properties, number and times',
  source: documented('message-browsing', 'Message browsing'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: { a: 1 }, subject: 's', messageId: 'm', timeToLive: 60_000, applicationProperties: { tenant: 't' } });
    const [peeked] = await bus.peek('news/all');
    expect(peeked).toMatchObject({ body: { a: 1 }, subject: 's', messageId: 'm', deliveryCount: 0, applicationProperties: { tenant: 't' } });
    expect(peeked?.expiresAtUtc?.getTime()).toBe((peeked?.enqueuedTimeUtc?.getTime() ?? 0) + 60_000);
  },
};
