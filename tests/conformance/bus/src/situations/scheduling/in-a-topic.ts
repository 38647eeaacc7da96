import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message scheduled in a topic waits at the topic: its subscriptions do not have it before it is due',
  source: documented('message-sequencing', 'Scheduled messages'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const sender = bus.sender('news');
    const [cancelled] = await sender.scheduleMessages({ body: 'cancelled' }, new Date(Date.now() + 3000));
    await sender.scheduleMessages({ body: 'later' }, new Date(Date.now() + 3000));
    expect(await bus.peek('news/all')).toEqual([]);
    if (cancelled) await sender.cancelScheduledMessages(cancelled);
    const receiver = bus.receiver('news/all');
    expect((await receiveOne(receiver)).body).toBe('later');
    await expectNothing(receiver);
  },
};
