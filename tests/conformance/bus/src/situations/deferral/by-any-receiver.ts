import { documented, type Situation } from '../../situation.ts';
import { bodies, messagesOf, receive, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'any receiver that knows the number can receive a deferred message, several at a time',
  source: documented('message-deferral', 'Retrieving deferred messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b'));
    const one = bus.receiver('orders');
    const received = await receive(one, 2);
    for (const message of received) await one.deferMessage(message);
    await one.close();
    const other = bus.receiver('orders');
    const deferred = await other.receiveDeferredMessages(received.map(sequenceOf));
    expect(bodies(deferred)).toEqual(['a', 'b']);
  },
};
