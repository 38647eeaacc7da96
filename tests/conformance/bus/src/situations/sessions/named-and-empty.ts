import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a session without messages can be accepted by its name, and gets those that come',
  source: clientTests('sessions: accept a session that has no messages'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    const session = await bus.acceptSession('orders', 'not there yet');
    expect(session.sessionId).toBe('not there yet');
    await bus.sender('orders').sendMessages([{ body: 'other', sessionId: 'other' }, { body: 'mine', sessionId: 'not there yet' }]);
    expect((await receiveOne(session)).body).toBe('mine');
  },
};
