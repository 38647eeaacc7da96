import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a lock that ends counts as a delivery, so a consumer that never settles dead-letters too',
  source: documented('service-bus-dead-letter-queues', 'Maximum delivery count'),
  entities: { queues: { orders: { maxDeliveryCount: 1, lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'kills its reader' });
    await receiveOne(bus.receiver('orders'));
    expect((await receiveOne(bus.deadLetters('orders'))).deadLetterReason).toBe('MaxDeliveryCountExceeded');
  },
};
