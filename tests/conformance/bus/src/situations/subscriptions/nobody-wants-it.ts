import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message that no rule of any subscription chooses is accepted and gone',
  source: documented('topic-filters', 'Topic filters and actions'),
  entities: { topics: { news: { subscriptions: { picky: { defaultRuleOptions: { name: 'none', filter: { sqlExpression: "sys.Label = 'wanted'" } } } } } } },
  async run(bus) {
    const sender = bus.sender('news');
    await sender.sendMessages({ body: 'lost' });
    await sender.sendMessages({ body: 'kept', subject: 'wanted' });
    const receiver = bus.receiver('news/picky');
    expect((await receiveOne(receiver)).body).toBe('kept');
    expect(await bus.peek('news/picky', 'deadLetter')).toEqual([]);
  },
};
