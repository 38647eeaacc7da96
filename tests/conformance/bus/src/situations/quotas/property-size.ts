import { documented, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'application properties beyond 64 KB together are refused, and nothing is kept',
  source: documented('service-bus-quotas', 'Message property size for a queue, topic, or subscription entity'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const much = 'x'.repeat(25 * 1024);
    await sender.sendMessages({ body: 'fits', applicationProperties: { a: much, b: much } });
    await expect(sender.sendMessages({ body: 'does not', applicationProperties: { a: much, b: much, c: much } })).rejects.toMatchObject({ name: 'ServiceBusError' });
    expect(bodies(await bus.peek('orders'))).toEqual(['fits']);
  },
};
