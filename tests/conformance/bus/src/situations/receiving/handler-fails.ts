import { clientTests, type Situation } from '../../situation.ts';
import { eventually } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a subscribed handler that throws has abandoned its message, which comes again, counted',
  source: clientTests('streamingReceiver: abandon when the handler throws'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'hard' });
    const counts: unknown[] = [];
    bus.receiver('orders').subscribe({
      processMessage: ({ deliveryCount }) => {
        counts.push(deliveryCount);
        return counts.length < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
      },
      processError: () => Promise.resolve(),
    });
    await eventually(async () => { expect(await bus.peek('orders')).toEqual([]); });
    expect(counts).toEqual([0, 1, 2]);
  },
};
