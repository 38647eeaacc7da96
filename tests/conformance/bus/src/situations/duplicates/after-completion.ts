import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an id is remembered after its message was completed',
  source: documented('duplicate-detection', 'How it works'),
  entities: { queues: { orders: { requiresDuplicateDetection: true } } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: 1, messageId: 'm' });
    const receiver = bus.receiver('orders');
    await receiver.completeMessage(await receiveOne(receiver));
    await sender.sendMessages({ body: 2, messageId: 'm' });
    await expectNothing(receiver);
  },
};
