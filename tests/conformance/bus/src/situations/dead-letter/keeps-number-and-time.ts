import { observed, type Situation } from '../../situation.ts';
import { messagesOf, receive, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a dead letter keeps its sequence number and the time it was enqueued',
  source: observed('MicrosoftDocs/azure-docs#97032'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('before', 'bad'));
    const receiver = bus.receiver('orders');
    const [, bad] = await receive(receiver, 2);
    if (!bad) throw new Error('Two were received.');
    await receiver.deadLetterMessage(bad);
    const dead = await receiveOne(bus.deadLetters('orders'));
    expect(dead.sequenceNumber?.toString()).toBe(bad.sequenceNumber?.toString());
    expect(dead.enqueuedTimeUtc).toEqual(bad.enqueuedTimeUtc);
  },
};
