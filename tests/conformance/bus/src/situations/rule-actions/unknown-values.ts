import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an action does not fail over a property that is missing',
  source: documented('service-bus-messaging-sql-rule-action', 'Considerations'),
  entities: {
    topics: { news: { subscriptions: { changed: { defaultRuleOptions: { name: 'change', filter: { sqlExpression: '1=1' }, action: { sqlExpression: 'REMOVE missing; SET seen = 1' } } } } } },
  },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 'kept' });
    expect(await receiveOne(bus.receiver('news/changed'))).toMatchObject({ body: 'kept', applicationProperties: { seen: 1 } });
  },
};
