import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a batch is accepted or refused as one: with a message that lacks its session id nothing is kept',
  source: documented('message-transfers-locks-settlement', 'Settling send operations'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await expect(bus.sender('orders').sendMessages([{ body: 1, sessionId: 's' }, { body: 2 }])).rejects.toMatchObject({ code: 'GeneralError' });
    expect(await bus.peek('orders')).toEqual([]);
  },
};
