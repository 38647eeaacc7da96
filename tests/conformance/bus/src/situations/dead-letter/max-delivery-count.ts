import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message delivered as often as allowed goes to the dead-letter queue, with reason MaxDeliveryCountExceeded',
  source: documented('service-bus-dead-letter-queues', 'Maximum delivery count'),
  entities: { queues: { orders: { maxDeliveryCount: 3 } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'poison' });
    const receiver = bus.receiver('orders');
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const message = await receiveOne(receiver);
      expect(message.deliveryCount).toBe(delivery);
      await receiver.abandonMessage(message);
    }
    expect(await bus.peek('orders')).toEqual([]);
    const dead = await receiveOne(bus.deadLetters('orders'));
    expect(dead.deadLetterReason).toBe('MaxDeliveryCountExceeded');
    expect(dead.deadLetterErrorDescription).toMatch(/3 delivery attempts/);
  },
};
