import { documented, type Situation } from '../../situation.ts';
import { bodies, receiveOne, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a deferred message of a session is received by number from that session, and settled there',
  source: documented('message-deferral', 'Retrieving deferred messages'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b'].map((body) => ({ body, sessionId: 's' })));
    const session = await bus.acceptSession('orders', 's');
    const first = await receiveOne(session);
    await session.deferMessage(first);
    expect((await receiveOne(session)).body).toBe('b');
    const [deferred] = await session.receiveDeferredMessages(sequenceOf(first));
    if (!deferred) throw new Error('It was deferred.');
    await session.completeMessage(deferred);
    expect(bodies(await bus.peek('orders'))).toEqual(['b']);
  },
};
