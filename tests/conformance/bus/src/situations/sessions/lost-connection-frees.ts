import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a session whose client went away can be accepted by another',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 's' });
    const client = bus.newClient();
    await receiveOne(await client.acceptSession(bus.nameOf('orders'), 's'));
    await client.close();
    expect((await receiveOne(await bus.acceptSession('orders', 's'))).deliveryCount).toBe(0);
  },
};
