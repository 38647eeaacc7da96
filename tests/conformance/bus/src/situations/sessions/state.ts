import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'the state of a session is kept without any message, read by the next owner, and cleared by null',
  source: documented('message-sessions', 'Message session state'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    const first = await bus.acceptSession('orders', 's');
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 3, of: ['reserve', 'capture'] });
    await first.close();
    const second = await bus.acceptSession('orders', 's');
    expect(await second.getSessionState()).toEqual({ step: 3, of: ['reserve', 'capture'] });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
  },
};
