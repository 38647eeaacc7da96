import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'an entity that requires sessions refuses a message without a session id',
  source: documented('message-sessions', 'First-in, first out (FIFO) pattern'),
  entities: { queues: { orders: { requiresSession: true } } },
  async run(bus) {
    await expect(bus.sender('orders').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'GeneralError', retryable: false });
    expect(await bus.peek('orders')).toEqual([]);
  },
};
