import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'deferring can change application properties, and counts as a delivery',
  source: clientTests('receiver: defer with propertiesToModify'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    await receiver.deferMessage(await receiveOne(receiver), { until: 'payday' });
    const [peeked] = await bus.peek('orders');
    expect(peeked).toMatchObject({ state: 'deferred', deliveryCount: 1, applicationProperties: { until: 'payday' } });
  },
};
