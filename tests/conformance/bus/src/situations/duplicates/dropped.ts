import { documented, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message with an id that was seen within the window is accepted and dropped, whatever its body',
  source: documented('duplicate-detection', 'How it works'),
  entities: { queues: { orders: { requiresDuplicateDetection: true } } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: 'first', messageId: 'm' });
    await sender.sendMessages({ body: 'again', messageId: 'm' });
    await sender.sendMessages({ body: 'other', messageId: 'n' });
    expect(bodies(await bus.peek('orders'))).toEqual(['first', 'other']);
  },
};
