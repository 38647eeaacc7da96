import { documented, type Situation } from '../../situation.ts';
import { expectNothing, messagesOf, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a cancelled message never comes',
  source: documented('message-sequencing', 'Scheduled messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const due = new Date(Date.now() + 2500);
    const [first] = await sender.scheduleMessages(messagesOf('cancelled', 'kept'), due);
    if (!first) throw new Error('Two were scheduled.');
    await sender.cancelScheduledMessages(first);
    const receiver = bus.receiver('orders');
    expect((await receiveOne(receiver)).body).toBe('kept');
    await expectNothing(receiver);
  },
};
