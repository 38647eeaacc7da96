import { clientTests, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an abandoned deferred message stays deferred, under its number, with the changed properties',
  source: clientTests('deferredMessages: abandon a deferred message'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, applicationProperties: { kept: 'yes' } });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages(sequenceOf(message));
    if (!deferred) throw new Error('It was deferred.');
    await receiver.abandonMessage(deferred, { why: 'not yet' });
    await expectNothing(receiver);
    const [again] = await receiver.receiveDeferredMessages(sequenceOf(message));
    expect(again?.applicationProperties).toEqual({ kept: 'yes', why: 'not yet' });
  },
};
