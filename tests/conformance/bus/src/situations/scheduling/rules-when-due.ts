import { assumed, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the rules of a topic are asked when a scheduled message is due, not when it is scheduled',
  source: assumed('follows from the message being held at the topic'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    await bus.sender('news').scheduleMessages({ body: 'later' }, new Date(Date.now() + 3000));
    await bus.administration.createSubscription(bus.nameOf('news'), 'late');
    expect((await receiveOne(bus.receiver('news/late'))).body).toBe('later');
  },
};
