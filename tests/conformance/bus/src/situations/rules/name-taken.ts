import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a rule\'s name is taken once: MessagingEntityAlreadyExists; what is not there cannot be removed',
  source: clientTests('ruleManager: duplicate and missing rules'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const rules = bus.rules('news/all');
    await expect(rules.createRule('$Default', { sqlExpression: 'a = 1' })).rejects.toMatchObject({ code: 'MessagingEntityAlreadyExists' });
    await expect(rules.deleteRule('nobody')).rejects.toMatchObject({ name: 'ServiceBusError' });
  },
};
