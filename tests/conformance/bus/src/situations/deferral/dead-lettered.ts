import { clientTests, type Situation } from '../../situation.ts';
import { because, receiveOne, sequenceOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a deferred message can be dead-lettered',
  source: clientTests('deferredMessages: dead-letter a deferred message'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'bad after all' });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages(sequenceOf(message));
    if (deferred) await receiver.deadLetterMessage(deferred, because('bad'));
    expect(await bus.peek('orders')).toEqual([]);
    expect(await receiveOne(bus.deadLetters('orders'))).toMatchObject({ body: 'bad after all', deadLetterReason: 'bad' });
  },
};
