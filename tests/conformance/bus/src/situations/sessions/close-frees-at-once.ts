import { documented, type Situation } from '../../situation.ts';
import { receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'closing a session frees it and its unsettled messages at once, without counting a delivery',
  source: documented('message-sessions', 'Impact of delivery count'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b'].map((body) => ({ body, sessionId: 's' })));
    const first = await bus.acceptSession('orders', 's');
    expect(await receive(first, 2)).toHaveLength(2);
    await first.close();
    const second = await bus.acceptSession('orders', 's');
    expect((await receive(second, 2)).map(({ body, deliveryCount }) => [body as unknown, deliveryCount])).toEqual([['a', 0], ['b', 0]]);
  },
};
