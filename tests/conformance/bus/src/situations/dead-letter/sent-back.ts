import { documented, type Situation } from '../../situation.ts';
import { because, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a dead letter can be sent again as a new message, and then completed where it lay',
  source: documented('service-bus-dead-letter-queues', 'Sending dead-lettered messages to be reprocessed'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'again', messageId: 'm', applicationProperties: { tenant: 'one' } });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver), because('bad'));
    const desk = bus.deadLetters('orders');
    const dead = await receiveOne(desk);
    await bus.sender('orders').sendMessages({ body: dead.body as string, messageId: 'm', applicationProperties: { tenant: 'one', replayed: true } });
    await desk.completeMessage(dead);
    const again = await receiveOne(receiver);
    expect(again).toMatchObject({ body: 'again', messageId: 'm', deliveryCount: 0, applicationProperties: { tenant: 'one', replayed: true } });
    expect(again.deadLetterReason).toBeUndefined();
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
  },
};
