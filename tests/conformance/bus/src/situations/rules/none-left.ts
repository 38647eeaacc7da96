import { platform } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { expectNothing, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a subscription whose rules are all removed gets nothing',
  source: documented('topic-filters', 'Topic filters and actions'),
  entities: { topics: { news: { subscriptions: { silent: {} } } } },
  async run(bus) {
    await bus.rules('news/silent').deleteRule('$Default');
    // Rules change a moment later in Azure.
    await sleep(platform === 'stand-in' ? 0 : 10_000);
    await bus.sender('news').sendMessages({ body: 'unheard' });
    await expectNothing(bus.receiver('news/silent'));
    expect(await bus.peek('news/silent')).toEqual([]);
  },
};
