import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'an entity with sessions is not received from without one, nor one without sessions with one',
  source: documented('message-sessions', 'First-in, first out (FIFO) pattern'),
  entities: { queues: { grouped: { requiresSession: true }, plain: {} } },
  async run(bus) {
    const client = bus.newClient();
    await expect(client.createReceiver(bus.nameOf('grouped')).receiveMessages(1)).rejects.toThrow(/InvalidOperationError/);
    // The client sees that it got no session before it sees why.
    await expect(client.acceptSession(bus.nameOf('plain'), 's')).rejects.toMatchObject({ name: 'ServiceBusError' });
  },
};
