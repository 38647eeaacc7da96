import { clientTests, type Situation } from '../../situation.ts';
import { sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'receiving by a number that is not of a deferred message fails with MessageNotFound',
  source: clientTests('deferredMessages: receive a non-existing number'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'active' });
    const receiver = bus.receiver('orders');
    const [active] = await bus.peek('orders');
    if (!active) throw new Error('One was sent.');
    await expect(receiver.receiveDeferredMessages(sequenceOf(active))).rejects.toMatchObject({ code: 'MessageNotFound' });
    await expect(receiver.receiveDeferredMessages(sequenceOf(active).add(1000))).rejects.toMatchObject({ code: 'MessageNotFound' });
  },
};
