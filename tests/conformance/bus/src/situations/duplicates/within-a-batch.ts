import { assumed, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'duplicates within one batch are dropped too, and the rest is kept',
  source: assumed('the page speaks of messages, not of how they were sent'),
  entities: { queues: { orders: { requiresDuplicateDetection: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages([{ body: 1, messageId: 'a' }, { body: 2, messageId: 'a' }, { body: 3, messageId: 'b' }]);
    expect(bodies(await bus.peek('orders'))).toEqual([1, 3]);
  },
};
