import { observed, type Situation } from '../../situation.ts';
import { messagesOf, receive, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a dead letter keeps its sequence number: only a scheduled message that becomes active changes it',
  source: observed('MicrosoftDocs/azure-docs#97032'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('before', 'bad'));
    const receiver = bus.receiver('orders');
    const [, bad] = await receive(receiver, 2);
    if (!bad) throw new Error('Two were received.');
    await receiver.deadLetterMessage(bad);
    expect((await receiveOne(bus.deadLetters('orders'))).sequenceNumber?.toString()).toBe(bad.sequenceNumber?.toString());
  },
};
