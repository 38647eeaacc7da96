import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'when its lock ends a message is available again, with one delivery more and under another token',
  source: documented('service-bus-dead-letter-queues', 'Maximum delivery count'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const first = await receiveOne(receiver);
    const second = await receiveOne(receiver);
    expect(second.deliveryCount).toBe(1);
    expect(second.sequenceNumber?.toString()).toBe(first.sequenceNumber?.toString());
    expect(second.lockToken).not.toBe(first.lockToken);
  },
};
