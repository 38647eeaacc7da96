import { assumed, type Situation } from '../../situation.ts';
import { because, bodies, messagesOf, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a fault of the client, not of the service: of neighbouring messages settled differently in one tick, the second gets the outcome of the first',
  source: assumed('read in rhea 3.0.5, lib/session.js, write_dispositions: ranges are joined without comparing outcomes; the service cannot know'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('complete', 'dead-letter', 'spacer', 'abandon', 'complete too'));
    const receiver = bus.receiver('orders');
    const [complete, deadLetter, spacer, abandon, completeToo] = await receive(receiver, 5);
    if (!complete || !deadLetter || !spacer || !abandon || !completeToo) throw new Error('Five were received.');
    await Promise.all([receiver.completeMessage(complete), receiver.deadLetterMessage(deadLetter, because('asked'))]);
    // Gone, and no dead letter: it was completed. When this fails, the client has been mended and libs/messaging/src/settler.ts can be simpler.
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
    expect(bodies(await bus.peek('orders'))).toEqual(['spacer', 'abandon', 'complete too']);

    await Promise.all([receiver.abandonMessage(abandon), receiver.completeMessage(completeToo)]);
    expect((await bus.peek('orders')).map(({ body, deliveryCount }) => [body as unknown, deliveryCount])).toEqual([['spacer', 0], ['abandon', 1], ['complete too', 1]]);
  },
};
