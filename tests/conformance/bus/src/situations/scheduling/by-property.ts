import { documented, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message sent with a scheduled time waits for it like one that was scheduled',
  source: documented('message-sequencing', 'Scheduled messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const scheduledEnqueueTimeUtc = new Date(Date.now() + 1000);
    await bus.sender('orders').sendMessages([{ body: 'later', scheduledEnqueueTimeUtc }, { body: 'now' }]);
    expect(bodies(await receive(bus.receiver('orders'), 2))).toEqual(['now', 'later']);
  },
};
