import { documented, type Situation } from '../../situation.ts';
import { bodies, eventually } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a topic looks for duplicates before its subscriptions get their copies',
  source: documented('duplicate-detection', 'How it works'),
  entities: { topics: { news: { requiresDuplicateDetection: true, subscriptions: { one: {}, two: {} } } } },
  async run(bus) {
    const sender = bus.sender('news');
    await sender.sendMessages({ body: 1, messageId: 'm' });
    await sender.sendMessages({ body: 2, messageId: 'm' });
    await sender.sendMessages({ body: 'last', messageId: 'n' });
    for (const subscription of ['news/one', 'news/two']) {
      await eventually(async () => { expect(bodies(await bus.peek(subscription))).toEqual([1, 'last']); });
    }
  },
};
