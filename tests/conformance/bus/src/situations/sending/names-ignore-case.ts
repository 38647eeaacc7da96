import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'names of entities do not distinguish upper and lower case',
  source: documented('service-bus-queues-topics-subscriptions', 'Queues; entity names are case-insensitive'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.newClient().createSender(bus.nameOf('orders').toUpperCase());
    await sender.sendMessages({ body: 'found' });
    expect((await receiveOne(bus.receiver('orders'))).body).toBe('found');
  },
};
