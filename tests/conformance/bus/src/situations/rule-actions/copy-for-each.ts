import { platform } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receive, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'every rule with an action makes a copy, which tells its rule\'s name; all rules without one make one copy together',
  source: documented('topic-filters', 'Topic filters and actions'),
  entities: { topics: { news: { subscriptions: { many: {} } } } },
  async run(bus) {
    const topic = bus.nameOf('news');
    await bus.administration.createRule(topic, 'many', 'plain', { sqlExpression: 'a = 1' });
    await bus.administration.createRule(topic, 'many', 'first', { sqlExpression: 'a = 1' }, { sqlExpression: 'SET by = 1' });
    await bus.administration.createRule(topic, 'many', 'second', { sqlExpression: 'a > 0' }, { sqlExpression: 'SET by = 2' });
    await sleep(platform === 'stand-in' ? 0 : 10_000);
    await bus.sender('news').sendMessages({ body: 1, applicationProperties: { a: 1 } });
    const receiver = bus.receiver('news/many');
    const copies = (await receive(receiver, 3)).map(({ applicationProperties }) => [applicationProperties?.['by'], applicationProperties?.['RuleName']]);
    expect(copies).toEqual(expect.arrayContaining([[undefined, undefined], [1, 'first'], [2, 'second']]));
    await expectNothing(receiver);
  },
};
