import { documented, type Situation } from '../../situation.ts';
import { messagesOf, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a forwarded message gets a number where it arrives, and keeps the one it had first beside it',
  source: documented('service-bus-messages-payloads', 'EnqueuedSequenceNumber'),
  entities: { queues: { target: {}, source: { forwardTo: 'target' } } },
  async run(bus) {
    await bus.sender('target').sendMessages(messagesOf('direct', 'direct', 'direct'));
    await bus.sender('source').sendMessages({ body: 'forwarded' });
    const forwarded = (await receive(bus.receiver('target'), 4)).find(({ body }) => body === 'forwarded');
    expect(forwarded?.sequenceNumber?.toNumber()).toBe(4);
    expect(forwarded?.enqueuedSequenceNumber).toBe(1);
  },
};
