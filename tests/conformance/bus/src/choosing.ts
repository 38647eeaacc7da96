import type { CorrelationRuleFilter, ServiceBusMessage } from '@azure/service-bus';
import type { Platform } from './harness/platform.ts';
import type { Situation, Source } from './situation.ts';
import { bodies, eventually } from './steps.ts';

/** What some filters choose from some messages, as a table. */
export interface Choice {
  readonly promise: string;
  readonly source: Source;
  readonly notOn?: Partial<Record<Platform, string>>;
  /** What is sent, by the name it has in `chosen`. */
  readonly messages: Readonly<Record<string, Omit<ServiceBusMessage, 'body'>>>;
  /** Each filter, SQL or correlation, and the names of the messages it chooses. */
  readonly chosen: readonly (readonly [filter: string | CorrelationRuleFilter, names: readonly string[]])[];
}

/** A situation about filters: a subscription for each, and one that takes everything, to know when the topic has dealt with all messages. */
export function choosing({ promise, source, notOn, messages, chosen }: Choice): Situation {
  const subscriptions = Object.fromEntries(chosen.map(([filter], index) => [
    `filter-${index}`, { defaultRuleOptions: { name: 'only', filter: typeof filter === 'string' ? { sqlExpression: filter } : filter } },
  ]));
  return {
    promise,
    source,
    ...(notOn ? { notOn } : {}),
    entities: { topics: { news: { subscriptions: { ...subscriptions, everything: {} } } } },
    async run(bus) {
      await bus.sender('news').sendMessages(Object.entries(messages).map(([name, message]) => ({ ...message, body: name })));
      await eventually(async () => { expect(await bus.peek('news/everything')).toHaveLength(Object.keys(messages).length); });
      const found = await Promise.all(chosen.map(async ([filter], index) => [filter, bodies(await bus.peek(`news/filter-${index}`))]));
      expect(found).toEqual(chosen);
    },
  };
}
