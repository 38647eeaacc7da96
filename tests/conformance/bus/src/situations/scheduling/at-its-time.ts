import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a scheduled message is delivered when it is due, enqueued at that time and under a number of its own',
  source: documented('message-sequencing', 'Scheduled messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const due = Date.now() + 3000;
    const [scheduled] = await bus.sender('orders').scheduleMessages({ body: 'later' }, new Date(due));
    const receiver = bus.receiver('orders');
    await expectNothing(receiver);
    const message = await receiveOne(receiver);
    expect(Date.now()).toBeGreaterThanOrEqual(due - 50);
    expect(message.enqueuedTimeUtc?.getTime()).toBeGreaterThanOrEqual(due - 1000);
    expect(message.sequenceNumber?.toString()).not.toBe(scheduled?.toString());
    expect(message.enqueuedSequenceNumber?.toString()).toBe(scheduled?.toString());
  },
};
