import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'nobody can send to a dead-letter queue',
  source: documented('service-bus-dead-letter-queues', 'The dead-letter queue'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await expect(bus.newClient().createSender(`${bus.nameOf('orders')}/$DeadLetterQueue`).sendMessages({ body: 1 })).rejects.toThrow();
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
  },
};
