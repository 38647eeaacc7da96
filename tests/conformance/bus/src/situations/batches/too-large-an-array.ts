import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'an array of messages that does not fit into one transfer is refused whole, with MessageSizeExceeded',
  source: documented('service-bus-quotas', 'Message size for a queue, topic, or subscription entity'),
  notOn: { azure: 'Premium takes up to 100 MB' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const piece = { body: Buffer.alloc(100 * 1024) };
    await expect(bus.sender('orders').sendMessages([piece, piece, piece])).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
    expect(await bus.peek('orders')).toEqual([]);
  },
};
