import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a changed property holds for messages that are delivered from then on',
  source: clientTests('serviceBusManagementClient: update'),
  entities: { queues: { orders: { maxDeliveryCount: 10 } } },
  async run(bus) {
    const queue = await bus.administration.getQueue(bus.nameOf('orders'));
    expect(await bus.administration.updateQueue({ ...queue, maxDeliveryCount: 1 })).toMatchObject({ maxDeliveryCount: 1 });
    await bus.sender('orders').sendMessages({ body: 'poison' });
    const receiver = bus.receiver('orders');
    await receiver.abandonMessage(await receiveOne(receiver));
    expect((await receiveOne(bus.deadLetters('orders'))).deadLetterReason).toBe('MaxDeliveryCountExceeded');
  },
};
