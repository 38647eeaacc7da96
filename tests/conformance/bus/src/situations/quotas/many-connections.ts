import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'thirty clients at once each have a connection of their own',
  source: documented('service-bus-quotas', 'Number of concurrent connections'),
  notOn: { emulator: 'it allows 10 connections (overview-emulator, Known limitations)' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const clients = Array.from({ length: 30 }, () => bus.newClient());
    await Promise.all(clients.map((client, index) => client.createSender(bus.nameOf('orders')).sendMessages({ body: index })));
    expect(await bus.peek('orders')).toHaveLength(30);
  },
};
