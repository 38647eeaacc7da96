import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a topic is sent to and its subscriptions are received from, not the other way round',
  source: documented('service-bus-queues-topics-subscriptions', 'Topics and subscriptions'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const client = bus.newClient();
    await expect(client.createReceiver(bus.nameOf('news')).receiveMessages(1)).rejects.toMatchObject({ name: 'ServiceBusError' });
    await expect(client.createSender(`${bus.nameOf('news')}/Subscriptions/all`).sendMessages({ body: 1 })).rejects.toMatchObject({ name: 'ServiceBusError' });
  },
};
