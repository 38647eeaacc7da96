import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an action changes the copy of its subscription only',
  source: documented('topic-filters', 'Actions'),
  entities: {
    topics: { news: { subscriptions: { changed: { defaultRuleOptions: { name: 'change', filter: { sqlExpression: '1=1' }, action: { sqlExpression: "SET seen = 'changed'" } } }, untouched: {} } } },
  },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 1, applicationProperties: { seen: 'as sent' } });
    expect((await receiveOne(bus.receiver('news/changed'))).applicationProperties?.['seen']).toBe('changed');
    expect((await receiveOne(bus.receiver('news/untouched'))).applicationProperties).toEqual({ seen: 'as sent' });
  },
};
