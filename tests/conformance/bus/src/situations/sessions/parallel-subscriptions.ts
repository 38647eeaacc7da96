import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the same session id is another session in another subscription, with its own lock and state',
  source: documented('message-sessions', 'Session features'),
  entities: { topics: { news: { subscriptions: { one: { requiresSession: true }, two: { requiresSession: true } } } } },
  async run(bus) {
    await bus.sender('news').sendMessages({ body: 1, sessionId: 's' });
    const [one, two] = [await bus.acceptSession('news/one', 's'), await bus.acceptSession('news/two', 's')];
    await one.setSessionState('of one');
    expect(await two.getSessionState()).toBeNull();
    await one.completeMessage(await receiveOne(one));
    expect((await receiveOne(two)).body).toBe(1);
  },
};
