import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'entities are listed, page by page',
  source: clientTests('serviceBusManagementClient: list'),
  entities: { queues: { a: {}, b: {} }, topics: { news: { subscriptions: { one: {}, two: {} } } } },
  async run(bus) {
    const { administration } = bus;
    const queues: string[] = [];
    for await (const { name } of administration.listQueues()) queues.push(name);
    expect(queues).toEqual(expect.arrayContaining([bus.nameOf('a'), bus.nameOf('b')]));
    const subscriptions: string[] = [];
    for await (const page of administration.listSubscriptions(bus.nameOf('news')).byPage({ maxPageSize: 1 })) subscriptions.push(...page.map(({ subscriptionName }) => subscriptionName));
    expect(subscriptions.toSorted()).toEqual(['one', 'two']);
  },
};
