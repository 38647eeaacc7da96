import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'an entity that does not look for duplicates keeps them',
  source: documented('duplicate-detection', 'How it works'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages([{ body: 1, messageId: 'm' }, { body: 2, messageId: 'm' }]);
    expect(await bus.peek('orders')).toHaveLength(2);
  },
};
