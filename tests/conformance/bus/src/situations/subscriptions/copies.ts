import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'every subscription gets a copy of its own, settled without the others noticing',
  source: documented('service-bus-queues-topics-subscriptions', 'Topics and subscriptions'),
  entities: { topics: { news: { subscriptions: { one: {}, two: {} } } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 'both', messageId: 'm' });
    const one = bus.receiver('news/one');
    await one.completeMessage(await receiveOne(one));
    expect(await receiveOne(bus.receiver('news/two'))).toMatchObject({ body: 'both', messageId: 'm', deliveryCount: 0 });
  },
};
