import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a session has one owner: accepting it while it is locked fails with SessionCannotBeLocked',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, sessionId: 's' });
    const owner = await bus.acceptSession('orders', 's');
    await expect(bus.newClient().acceptSession(bus.nameOf('orders'), 's')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
    await owner.completeMessage(await receiveOne(owner));
    expect(await bus.peek('orders')).toEqual([]);
  },
};
