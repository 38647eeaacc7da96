import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message can be dead-lettered without saying why',
  source: clientTests('deadLetter: without parameters'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'bad' });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const dead = await receiveOne(bus.deadLetters('orders'));
    expect(dead.body).toBe('bad');
    expect(dead.deadLetterReason ?? '').toBe('');
  },
};
