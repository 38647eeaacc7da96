import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an expired message is not delivered, and dropped unless the entity says otherwise',
  source: documented('message-expiration', 'Entity-level expiration'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages([{ body: 'stale', timeToLive: 500 }, { body: 'fresh' }]);
    await sleep(1000);
    const receiver = bus.receiver('orders');
    expect((await receiveOne(receiver)).body).toBe('fresh');
    await expectNothing(receiver);
    expect(await bus.peek('orders', 'deadLetter')).toEqual([]);
  },
};
