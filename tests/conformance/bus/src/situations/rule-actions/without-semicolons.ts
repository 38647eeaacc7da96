import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'semicolons between the steps of an action are optional',
  source: documented('service-bus-messaging-sql-rule-action', 'Statements: semicolon is optional'),
  entities: {
    topics: { news: { subscriptions: { changed: { defaultRuleOptions: { name: 'change', filter: { sqlExpression: '1=1' }, action: { sqlExpression: 'SET a = 1 SET b = a + 1 REMOVE c' } } } } } },
  },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 1, applicationProperties: { c: 3 } });
    const { applicationProperties } = await receiveOne(bus.receiver('news/changed'));
    expect(applicationProperties).toMatchObject({ a: 1, b: 2 });
    expect(applicationProperties).not.toHaveProperty('c');
  },
};
