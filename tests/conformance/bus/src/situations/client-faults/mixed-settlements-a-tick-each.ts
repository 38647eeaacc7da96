import { setImmediate as nextTick } from 'node:timers/promises';
import { assumed, type Situation } from '../../situation.ts';
import { because, bodies, messagesOf, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the way round: different settlements with a tick between them end each as asked, though none is waited for',
  source: assumed('read in rhea 3.0.5, lib/session.js: settlements are joined within a tick only'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const kinds = ['complete', 'dead-letter', 'abandon', 'defer', 'dead-letter', 'complete', 'defer', 'abandon'];
    await bus.sender('orders').sendMessages(messagesOf(...kinds));
    const receiver = bus.receiver('orders');
    const settling: Promise<void>[] = [];
    for (const message of await receive(receiver, kinds.length)) {
      switch (message.body) {
        case 'complete': settling.push(receiver.completeMessage(message)); break;
        case 'dead-letter': settling.push(receiver.deadLetterMessage(message, because(`number ${String(message.sequenceNumber)}`))); break;
        case 'abandon': settling.push(receiver.abandonMessage(message)); break;
        default: settling.push(receiver.deferMessage(message));
      }
      await nextTick();
    }
    await Promise.all(settling);
    expect((await bus.peek('orders')).map(({ body, state }) => [body as unknown, state])).toEqual([['abandon', 'active'], ['defer', 'deferred'], ['defer', 'deferred'], ['abandon', 'active']]);
    const dead = await bus.peek('orders', 'deadLetter');
    expect(bodies(dead)).toEqual(['dead-letter', 'dead-letter']);
    expect(new Set(dead.map(({ deadLetterReason }) => deadLetterReason)).size).toBe(2);
  },
};
