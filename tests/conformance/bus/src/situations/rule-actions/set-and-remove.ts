import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an action sets properties, new and old, calculates with them, and removes them',
  source: documented('service-bus-messaging-sql-rule-action', 'Considerations'),
  entities: {
    topics: {
      news: {
        subscriptions: {
          changed: { defaultRuleOptions: { name: 'change', filter: { sqlExpression: "colour = 'red'" }, action: { sqlExpression: "SET quantity = quantity / 2; REMOVE priority; SET made = 'new'; SET sys.CorrelationId = 'low'" } } },
        },
      },
    },
  },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 'order', correlationId: 'high', applicationProperties: { colour: 'red', quantity: 10, priority: 1 } });
    const message = await receiveOne(bus.receiver('news/changed'));
    expect(message).toMatchObject({ body: 'order', correlationId: 'low' });
    expect(message.applicationProperties).toMatchObject({ colour: 'red', quantity: 5, made: 'new' });
    expect(message.applicationProperties).not.toHaveProperty('priority');
  },
};
