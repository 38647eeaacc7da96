import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message that was accepted is delivered, numbered, dated and counted from zero',
  source: documented('message-sequencing', 'Sequence number; Timestamp'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const before = Date.now();
    await bus.sender('orders').sendMessages({ body: { basket: 1 } });
    const message = await receiveOne(bus.receiver('orders'));
    expect(message.body).toEqual({ basket: 1 });
    expect(message.deliveryCount).toBe(0);
    expect(message.sequenceNumber?.toNumber()).toBeGreaterThan(0);
    expect(Math.abs((message.enqueuedTimeUtc?.getTime() ?? 0) - before)).toBeLessThan(60_000);
  },
};
