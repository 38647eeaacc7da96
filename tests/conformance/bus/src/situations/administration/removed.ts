import { assumed, type Situation } from '../../situation.ts';
import { messagesOf, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a removed entity is gone with its messages; one made again under its name is empty and numbers from the beginning',
  source: assumed('an entity is its messages; that numbers begin anew is not documented'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const name = bus.nameOf('orders');
    await bus.sender('orders').sendMessages(messagesOf('a', 'b'));
    await bus.administration.deleteQueue(name);
    await expect(bus.newClient().createSender(name).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await bus.administration.createQueue(name);
    await bus.newClient().createSender(name).sendMessages({ body: 'new' });
    const message = await receiveOne(bus.newClient().createReceiver(name));
    expect([message.body as unknown, message.sequenceNumber?.toNumber()]).toEqual(['new', 1]);
  },
};
