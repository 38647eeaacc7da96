import { documented, type Situation } from '../../situation.ts';
import { bodies, expectNothing, messagesOf, receiveOne, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a deferred message is not delivered any more, and received by its number',
  source: documented('message-deferral', 'Retrieving deferred messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('not yet', 'now'));
    const receiver = bus.receiver('orders');
    const first = await receiveOne(receiver);
    await receiver.deferMessage(first);
    expect((await receiveOne(receiver)).body).toBe('now');
    await expectNothing(receiver);
    const [deferred] = await receiver.receiveDeferredMessages(sequenceOf(first));
    expect(deferred?.body).toBe('not yet');
    if (deferred) await receiver.completeMessage(deferred);
    expect(bodies(await bus.peek('orders'))).toEqual(['now']);
  },
};
