import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a receive that waits when its receiver is closed ends with no messages, and messages sent later go to others',
  source: clientTests('batchReceiver: close while receiving'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const closing = bus.receiver('orders');
    const waiting = closing.receiveMessages(1, { maxWaitTimeInMs: 1500 }).then((messages) => messages.length, () => 0);
    await sleep(100);
    await closing.close();
    await bus.sender('orders').sendMessages({ body: 'for another' });
    expect(await receiveOne(bus.receiver('orders'))).toMatchObject({ body: 'for another', deliveryCount: 0 });
    expect(await waiting).toBe(0);
  },
};
