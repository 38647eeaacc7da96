import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an entity can keep its expired messages as dead letters, with reason TTLExpiredException',
  source: documented('service-bus-dead-letter-queues', 'Time to live'),
  entities: { queues: { orders: { deadLetteringOnMessageExpiration: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'stale', timeToLive: 300 });
    await sleep(600);
    // Azure expires messages when somebody looks for them.
    await expectNothing(bus.receiver('orders'));
    const dead = await receiveOne(bus.deadLetters('orders'));
    expect(dead).toMatchObject({ body: 'stale', deadLetterReason: 'TTLExpiredException' });
  },
};
