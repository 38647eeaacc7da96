import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'receiving from an empty queue ends after the time it may wait, with no messages',
  source: clientTests('batchReceiver: no messages received when there are none'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const before = Date.now();
    expect(await bus.receiver('orders').receiveMessages(5, { maxWaitTimeInMs: 300 })).toEqual([]);
    expect(Date.now() - before).toBeGreaterThanOrEqual(290);
  },
};
