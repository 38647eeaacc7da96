import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'each subscription has a dead-letter queue of its own',
  source: documented('service-bus-dead-letter-queues', 'Path to the dead-letter queue'),
  entities: { topics: { news: { subscriptions: { one: {}, two: {} } } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 1 });
    const receiver = bus.receiver('news/one');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    expect(await bus.peek('news/one', 'deadLetter')).toHaveLength(1);
    expect(await bus.peek('news/two', 'deadLetter')).toEqual([]);
    expect(await bus.peek('news/two')).toHaveLength(1);
  },
};
