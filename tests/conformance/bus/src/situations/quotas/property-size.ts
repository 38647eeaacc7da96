import { documented, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'application properties beyond 64 KB are refused, and nothing is kept',
  source: documented('service-bus-quotas', 'Message property size'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: 'fits', applicationProperties: { much: 'x'.repeat(30 * 1024) } });
    await expect(sender.sendMessages({ body: 'does not', applicationProperties: { much: 'x'.repeat(40 * 1024), more: 'x'.repeat(40 * 1024) } })).rejects.toMatchObject({ name: 'ServiceBusError' });
    expect(bodies(await bus.peek('orders'))).toEqual(['fits']);
  },
};
