import { assumed, type Situation } from '../../situation.ts';
import { receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message without an id gets one, so that it can be settled and its lock renewed',
  source: assumed('the client needs an id to renew locks; who makes it is not documented'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const received = await receive(bus.receiver('orders'), 2);
    const ids = new Set(received.map(({ messageId }) => String(messageId)));
    expect(ids.size).toBe(2);
    for (const id of ids) expect(id).toMatch(/\S/);
  },
};
