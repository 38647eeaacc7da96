import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a message beyond the size the tier allows is refused with MessageSizeExceeded, one just below is taken',
  source: documented('service-bus-quotas', 'Message size for a queue, topic, or subscription entity'),
  notOn: { azure: 'Premium takes up to 100 MB' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: Buffer.alloc(255 * 1024) });
    await expect(sender.sendMessages({ body: Buffer.alloc(257 * 1024) })).rejects.toMatchObject({ code: 'MessageSizeExceeded', retryable: false });
    expect(await bus.peek('orders')).toHaveLength(1);
  },
};
