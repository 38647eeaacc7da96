import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'peeking neither locks a message nor counts as a delivery',
  source: documented('message-browsing', 'Message browsing'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const [peeked] = await bus.peek('orders');
    expect(peeked?.lockToken).toBeUndefined();
    expect(peeked?.lockedUntilUtc).toBeUndefined();
    await bus.peek('orders');
    expect((await receiveOne(bus.receiver('orders'))).deliveryCount).toBe(0);
  },
};
