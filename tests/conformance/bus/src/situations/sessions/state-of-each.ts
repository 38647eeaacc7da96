import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'each session has a state of its own',
  source: documented('message-sessions', 'Message session state'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    const [a, b] = [await bus.acceptSession('orders', 'a'), await bus.acceptSession('orders', 'b')];
    await a.setSessionState('of a');
    expect(await b.getSessionState()).toBeNull();
    await b.setSessionState('of b');
    expect(await a.getSessionState()).toBe('of a');
    await Promise.all([a.setSessionState(null), b.setSessionState(null)]);
  },
};
