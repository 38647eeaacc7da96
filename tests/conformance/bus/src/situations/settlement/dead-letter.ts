import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a dead-lettered message is in the dead-letter queue, with reason, description and added properties',
  source: documented('service-bus-dead-letter-queues', 'Application-level dead-lettering'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'bad', messageId: 'm', applicationProperties: { kept: 'yes' } });
    const receiver = bus.receiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver), { deadLetterReason: 'Invalid', deadLetterErrorDescription: 'no tenant', desk: 'north' });
    expect(await bus.peek('orders')).toEqual([]);
    expect(await receiveOne(bus.deadLetters('orders'))).toMatchObject({
      body: 'bad', messageId: 'm', deadLetterReason: 'Invalid', deadLetterErrorDescription: 'no tenant',
      applicationProperties: { kept: 'yes', desk: 'north', DeadLetterReason: 'Invalid', DeadLetterErrorDescription: 'no tenant' },
    });
  },
};
