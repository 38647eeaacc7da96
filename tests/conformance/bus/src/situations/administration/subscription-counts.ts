import { documented, type Situation } from '../../situation.ts';
import { eventually, messagesOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'each subscription counts its own messages, the topic its subscriptions',
  source: documented('message-counters', 'Message counters'),
  entities: { topics: { news: { subscriptions: { all: {}, none: { defaultRuleOptions: { name: 'none', filter: { sqlExpression: '1=0' } } } } } } },
  async run(bus) {
    await bus.sender('news').sendMessages(messagesOf('a', 'b'));
    const topic = bus.nameOf('news');
    await eventually(async () => {
      expect(await bus.administration.getSubscriptionRuntimeProperties(topic, 'all')).toMatchObject({ activeMessageCount: 2, totalMessageCount: 2 });
    });
    expect(await bus.administration.getSubscriptionRuntimeProperties(topic, 'none')).toMatchObject({ activeMessageCount: 0, totalMessageCount: 0 });
    expect(await bus.administration.getTopicRuntimeProperties(topic)).toMatchObject({ subscriptionCount: 2 });
  },
};
