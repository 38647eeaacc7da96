import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a filter that is no filter is refused when it is made',
  source: documented('service-bus-messaging-sql-filter', 'Remarks'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    for (const sqlExpression of ['a =', "a = 'open", '(a = 1', 'a = 1 b', 'sys.NoSuchProperty = 1', 'a LIKE', 'IN (1)']) {
      await expect(bus.administration.createRule(bus.nameOf('news'), 'all', 'broken', { sqlExpression })).rejects.toMatchObject({ statusCode: 400 });
      await expect(bus.rules('news/all').createRule('broken', { sqlExpression })).rejects.toMatchObject({ name: 'ServiceBusError' });
    }
    const names: unknown[] = [];
    for await (const { name } of bus.rules('news/all').listRules()) names.push(name);
    expect(names).toEqual(['$Default']);
  },
};
