import { documented, type Situation } from '../../situation.ts';
import { eventually, messagesOf, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a queue counts its active, scheduled and dead-lettered messages',
  source: documented('message-counters', 'Message counters'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages(messagesOf('dead', 'active', 'active'));
    await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 60_000));
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    await eventually(async () => {
      expect(await bus.administration.getQueueRuntimeProperties(bus.nameOf('orders'))).toMatchObject({
        activeMessageCount: 2, scheduledMessageCount: 1, deadLetterMessageCount: 1, totalMessageCount: 4,
      });
    });
  },
};
