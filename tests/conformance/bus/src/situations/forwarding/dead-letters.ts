import { documented, type Situation } from '../../situation.ts';
import { because, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'dead letters can be gathered in one queue, and tell where they come from and why',
  source: documented('service-bus-dead-letter-queues', 'Dead-lettering in auto forward scenarios'),
  entities: { queues: { desk: {}, orders: { forwardDeadLetteredMessagesTo: 'desk' } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'bad' });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver), because('Invalid'));
    const gathered = await receiveOne(bus.receiver('desk'));
    expect(gathered).toMatchObject({ body: 'bad', deadLetterReason: 'Invalid' });
    expect(gathered.deadLetterSource).toBe(bus.nameOf('orders'));
  },
};
