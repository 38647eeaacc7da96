import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'rules are listed with the filter and the action they were made with',
  source: clientTests('ruleManager: create, list and delete rules'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const rules = bus.rules('news/all');
    await rules.deleteRule('$Default');
    await rules.createRule('by-correlation', { correlationId: 'c', subject: 's', applicationProperties: { tenant: 'one', size: 3 } });
    await rules.createRule('by-sql', { sqlExpression: 'a = 1' }, { sqlExpression: 'SET b = 2' });
    const found: Record<string, unknown> = {};
    for await (const { name, filter, action } of rules.listRules()) found[name] = { filter, action };
    expect(found).toMatchObject({
      'by-correlation': { filter: { correlationId: 'c', subject: 's', applicationProperties: { tenant: 'one', size: 3 } } },
      'by-sql': { filter: { sqlExpression: 'a = 1' }, action: { sqlExpression: 'SET b = 2' } },
    });
    expect(Object.keys(found).toSorted()).toEqual(['by-correlation', 'by-sql']);
  },
};
