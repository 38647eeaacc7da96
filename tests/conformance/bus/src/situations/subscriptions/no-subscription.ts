import { documented, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a topic without subscriptions accepts messages and keeps none',
  source: documented('service-bus-queues-topics-subscriptions', 'Topics and subscriptions'),
  entities: { topics: { news: { subscriptions: {} } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 'to nobody' });
    await bus.administration.createSubscription(bus.nameOf('news'), 'late');
    await bus.sender('news').sendMessages({ body: 'after' });
    expect(bodies(await receive(bus.receiver('news/late'), 1))).toEqual(['after']);
  },
};
