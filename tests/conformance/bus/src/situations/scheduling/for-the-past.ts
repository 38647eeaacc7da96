import { clientTests, type Situation } from '../../situation.ts';
import { receive, sortedBodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message scheduled for a time that has passed is delivered at once',
  source: clientTests('sendSchedule: schedule in the past'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').scheduleMessages({ body: 'overdue' }, new Date(Date.now() - 60_000));
    await bus.sender('orders').sendMessages({ body: 'overdue too', scheduledEnqueueTimeUtc: new Date(0) });
    expect(sortedBodies(await receive(bus.receiver('orders'), 2))).toEqual(['overdue', 'overdue too']);
  },
};
