import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'deliveries from a dead-letter queue are not counted, so nothing ever leaves it by itself',
  source: clientTests('deadLetter: delivery count in the dead-letter queue'),
  entities: { queues: { orders: { maxDeliveryCount: 1 } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const desk = bus.deadLetters('orders');
    const first = await receiveOne(desk);
    await desk.abandonMessage(first);
    const second = await receiveOne(desk);
    await desk.abandonMessage(second);
    expect((await receiveOne(desk)).deliveryCount).toBe(first.deliveryCount);
  },
};
