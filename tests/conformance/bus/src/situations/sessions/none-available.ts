import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'waiting for the next session ends with ServiceTimeout when none becomes available',
  source: clientTests('sessions: acceptNextSession times out'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 'held' });
    await bus.acceptSession('orders', 'held');
    const impatient = bus.newClient({ timeoutInMs: 1000 });
    await expect(impatient.acceptNextSession(bus.nameOf('orders'))).rejects.toMatchObject({ code: 'ServiceTimeout' });
  },
};
