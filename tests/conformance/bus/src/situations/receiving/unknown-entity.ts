import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'receiving from an entity that does not exist fails with MessagingEntityNotFound',
  source: clientTests('invalid parameters and entities'),
  entities: { topics: { news: { subscriptions: {} } } },
  async run(bus) {
    const client = bus.newClient();
    await expect(client.createReceiver('conformance-nobody-made-this').receiveMessages(1)).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await expect(client.createReceiver(bus.nameOf('news'), 'nobody').receiveMessages(1)).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  },
};
