import { observed, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a scheduled message takes its id when it is scheduled: scheduling it again gives another number and no other message',
  source: observed('Azure/azure-service-bus#265'),
  entities: { queues: { orders: { requiresDuplicateDetection: true } } },
  async run(bus) {
    const sender = bus.sender('orders');
    const due = new Date(Date.now() + 60_000);
    const [first] = await sender.scheduleMessages({ body: 'scheduled', messageId: 'm' }, due);
    const [second] = await sender.scheduleMessages({ body: 'scheduled again', messageId: 'm' }, due);
    await sender.sendMessages({ body: 'sent', messageId: 'm' });
    expect(second?.toString()).not.toBe(first?.toString());
    expect(bodies(await bus.peek('orders'))).toEqual(['scheduled']);
  },
};
