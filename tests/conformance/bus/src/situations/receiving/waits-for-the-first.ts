import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a waiting receiver gets a message when it is sent',
  source: clientTests('batchReceiver: receive while waiting'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const receiving = receiveOne(bus.receiver('orders'));
    await sleep(100);
    await bus.sender('orders').sendMessages({ body: 'awaited' });
    expect((await receiving).body).toBe('awaited');
  },
};
