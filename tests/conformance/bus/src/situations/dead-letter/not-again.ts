import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message of a dead-letter queue cannot be dead-lettered again',
  source: documented('service-bus-dead-letter-queues', 'The dead-letter queue'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const desk = bus.deadLetters('orders');
    await expect(desk.deadLetterMessage(await receiveOne(desk))).rejects.toMatchObject({ code: 'GeneralError' });
    expect(await bus.peek('orders', 'deadLetter')).toHaveLength(1);
  },
};
