import { documented, type Situation } from '../../situation.ts';
import { eventually, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'changing rules changes nothing about messages that are already there',
  source: documented('topic-filters', 'Topic filters and actions'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 'before' });
    await eventually(async () => { expect(await bus.peek('news/all')).toHaveLength(1); });
    await bus.rules('news/all').deleteRule('$Default');
    expect((await receiveOne(bus.receiver('news/all'))).body).toBe('before');
  },
};
