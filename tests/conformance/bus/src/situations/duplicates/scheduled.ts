import { assumed, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a scheduled message takes its id when it is scheduled',
  source: assumed('said by users of the service, not by its documentation'),
  entities: { queues: { orders: { requiresDuplicateDetection: true } } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.scheduleMessages({ body: 'scheduled', messageId: 'm' }, new Date(Date.now() + 60_000));
    await sender.sendMessages({ body: 'sent', messageId: 'm' });
    expect(bodies(await bus.peek('orders'))).toEqual(['scheduled']);
  },
};
