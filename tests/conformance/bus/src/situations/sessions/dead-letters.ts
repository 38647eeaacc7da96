import { documented, type Situation } from '../../situation.ts';
import { because, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the dead-letter queue of an entity with sessions has none; its messages keep their session id',
  source: documented('service-bus-dead-letter-queues', 'The dead-letter queue'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 's' });
    const session = await bus.acceptSession('orders', 's');
    await session.deadLetterMessage(await receiveOne(session), because('bad'));
    const desk = bus.deadLetters('orders');
    const dead = await receiveOne(desk);
    expect(dead).toMatchObject({ sessionId: 's', deadLetterReason: 'bad' });
    await desk.completeMessage(dead);
  },
};
