import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a session becomes available when its scheduled message is due, not before',
  source: documented('message-sequencing', 'Scheduled messages'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    const due = Date.now() + 1200;
    await bus.sender('orders').scheduleMessages({ body: 'due', sessionId: 's' }, new Date(due));
    const session = await bus.acceptNextSession('orders');
    expect(Date.now()).toBeGreaterThanOrEqual(due - 50);
    expect((await receiveOne(session)).body).toBe('due');
  },
};
