import { documented, type Situation } from '../../situation.ts';
import { because, receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'time to live is not observed in a dead-letter queue',
  source: documented('service-bus-dead-letter-queues', 'The dead-letter queue'),
  entities: { queues: { orders: { deadLetteringOnMessageExpiration: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'kept', timeToLive: 2000 });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver), because('asked'));
    await sleep(2500);
    expect(await receiveOne(bus.deadLetters('orders'))).toMatchObject({ body: 'kept', deadLetterReason: 'asked' });
  },
};
