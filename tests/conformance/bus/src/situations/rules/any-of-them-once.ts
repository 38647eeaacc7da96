import { documented, type Situation } from '../../situation.ts';
import { bodies, eventually, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message that several rules without actions choose comes once',
  source: documented('topic-filters', 'Topic filters and actions'),
  entities: { topics: { news: { subscriptions: { some: { defaultRuleOptions: { name: 'a', filter: { sqlExpression: 'a = 1' } } } } } } },
  async run(bus) {
    await bus.rules('news/some').createRule('b', { applicationProperties: { b: 1 } });
    await eventually(async () => {
      await bus.sender('news').sendMessages({ body: 'probe', applicationProperties: { b: 1 } });
      await receive(bus.receiver('news/some', { receiveMode: 'receiveAndDelete' }), 1);
    });
    await bus.sender('news').sendMessages([
      { body: 'both', applicationProperties: { a: 1, b: 1 } }, { body: 'neither' }, { body: 'a', applicationProperties: { a: 1 } }, { body: 'b', applicationProperties: { b: 1 } },
    ]);
    expect(bodies(await receive(bus.receiver('news/some'), 3))).toEqual(['both', 'a', 'b']);
  },
};
