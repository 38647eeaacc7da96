import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a new subscription has one rule, $Default, that chooses everything',
  source: documented('topic-filters', 'Topic filters and actions'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const found: unknown[] = [];
    for await (const { name, filter } of bus.rules('news/all').listRules()) found.push([name, filter]);
    expect(found).toEqual([['$Default', { sqlExpression: '1=1' }]]);
  },
};
