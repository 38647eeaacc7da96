import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message of a session that is abandoned too often goes to the dead-letter queue, and the session goes on',
  source: documented('service-bus-dead-letter-queues', 'Maximum delivery count'),
  entities: { queues: { orders: { requiresSession: true, maxDeliveryCount: 2 } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['poison', 'good'].map((body) => ({ body, sessionId: 's' })));
    const session = await bus.acceptSession('orders', 's');
    await session.abandonMessage(await receiveOne(session));
    await session.abandonMessage(await receiveOne(session));
    expect((await receiveOne(session)).body).toBe('good');
    expect((await receiveOne(bus.deadLetters('orders'))).body).toBe('poison');
  },
};
